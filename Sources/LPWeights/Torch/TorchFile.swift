import LPTensor

/// A file written by `torch.save` since PyTorch 1.6: a zip archive with a pickle of the structure and one stored member
/// for each storage. Endings `.ckpt`, `.pth`, `.pt`, `.bin`.
///
/// The pickle goes through `Unpickler`, which builds tensors and dictionaries and runs nothing. Nested dictionaries
/// become names with dots; of a dictionary with a `state_dict`, only that is taken. Values that are no tensors are left
/// out.
package final class TorchFile: TensorSource {
    package var path: String { bytes.file.path }
    package var container: String { "PyTorch" }
    package let entries: [String: TensorEntry]
    package var metadata: [String: String] { [:] }
    private let bytes: TensorBytes

    /// - Throws: `WeightError` naming the file and the tensor or the byte at fault.
    package convenience init(path: String, mappingThreshold: Int? = nil) throws {
        try self.init(ReadableFile(path: path), mappingThreshold: mappingThreshold)
    }

    init(_ file: ReadableFile, mappingThreshold: Int? = nil) throws {
        let directory = try ZipDirectory(file)
        let pickles = directory.members.keys.filter { $0.hasSuffix("/data.pkl") && $0.split(separator: "/").count == 2 }
        guard pickles.count == 1, let pickle = pickles.first, let member = directory.members[pickle] else {
            throw WeightError.file(
                path: file.path, reason: "a zip archive, but not one that PyTorch has saved (no data.pkl)")
        }
        let folder = String(pickle.dropLast("data.pkl".utf8.count))
        try Self.checkByteOrder(directory.members[folder + "byteorder"], file)
        let (root, heap) = try Unpickler.read(
            try file.bytes(at: member.offset, count: member.size, limit: Unpickler.sizeLimit), path: file.path,
            start: member.offset)
        var tree = TensorTree(heap: heap, path: file.path)
        try tree.collect(root)
        entries = try tree.tensors.reduce(into: [:]) { entries, found in
            entries[found.name] = try TorchStorage.entry(
                found.name, found.tensor, member: directory.members["\(folder)data/\(found.tensor.storage.key)"],
                path: file.path)
        }
        bytes = try TensorBytes(file, mappingThreshold: mappingThreshold)
    }

    package func parameter(_ entry: TensorEntry, shape: [Int]?) throws -> Parameter {
        try bytes.parameter(entry, shape: shape)
    }

    package func floats(_ entry: TensorEntry) throws -> Tensor { try bytes.floats(entry) }

    package func mapped(_ entry: TensorEntry) -> MappedSpan? { bytes.mapped(entry) }

    private static func checkByteOrder(_ member: ZipDirectory.Member?, _ file: ReadableFile) throws {
        guard let member else { return }
        let order = try file.bytes(at: member.offset, count: member.size, limit: 64)
        guard order.elementsEqual("little".utf8) else {
            throw WeightError.format(
                path: file.path, offset: member.offset, reason: "values are not in little-endian order")
        }
    }
}

/// The tensors of a pickle under their names.
private struct TensorTree {
    let heap: PickleHeap
    let path: String
    private(set) var tensors: [(name: String, tensor: PickleHeap.PickledTensor)] = []
    private var names: Set<String> = []
    private var visited = 0
    private static let depthLimit = 8
    /// A dictionary that stands in another one many times over multiplies; no model has so many values.
    private static let visitLimit = 1 << 21

    init(heap: PickleHeap, path: String) {
        self.heap = heap
        self.path = path
    }

    mutating func collect(_ root: PickleValue) throws {
        guard case .dictionary(let place) = root else {
            throw WeightError.file(path: path, reason: "holds \(root.kind); a dictionary of tensors is expected")
        }
        let members = heap.dictionaries[place]
        if case .dictionary(let inner)? = members.last(where: { $0.key.text == "state_dict" })?.value {
            try collect(heap.dictionaries[inner], prefix: "", depth: 0)
        } else {
            try collect(members, prefix: "", depth: 0)
        }
    }

    private mutating func collect(
        _ members: [(key: PickleValue, value: PickleValue)], prefix: String, depth: Int
    ) throws {
        for member in members {
            visited += 1
            guard visited <= Self.visitLimit else {
                throw WeightError.file(path: path, reason: "holds more than \(Self.visitLimit) values")
            }
            guard let key = member.key.text else { continue }
            switch member.value {
            case .tensor(let place): try add(prefix + key, heap.tensors[place])
            case .dictionary(let place) where depth < Self.depthLimit:
                try collect(heap.dictionaries[place], prefix: "\(prefix)\(key).", depth: depth + 1)
            default: continue
            }
        }
    }

    private mutating func add(_ name: String, _ tensor: PickleHeap.PickledTensor) throws {
        guard names.insert(name).inserted else {
            throw WeightError.tensor(path: path, tensor: String(name.prefix(200)), offset: 0, reason: "is there twice")
        }
        tensors.append((name, tensor))
    }
}

/// From a tensor over a storage to a place in the file.
private enum TorchStorage {
    static func entry(
        _ name: String, _ tensor: PickleHeap.PickledTensor, member: ZipDirectory.Member?, path: String
    ) throws -> TensorEntry {
        func fail(_ reason: String) -> WeightError {
            .tensor(path: path, tensor: String(name.prefix(200)), offset: member?.offset ?? 0, reason: reason)
        }
        let storage = tensor.storage
        guard let member else {
            throw fail("has its values in the member 'data/\(storage.key.prefix(40))', which is missing")
        }
        guard let bits = TensorEntry.bits(of: storage.type) else { throw fail("has no known element type") }
        let size = bits / 8
        guard storage.count <= member.size / size, storage.count * size == member.size else {
            throw fail("has a storage of \(storage.count) values in a member of \(member.size) bytes")
        }
        guard let count = product(tensor.shape) else { throw fail("has a shape beyond any file") }
        let isDense = isRowMajor(tensor)
        guard let reach = isDense ? count : reach(tensor), tensor.offset <= storage.count,
            reach <= storage.count - tensor.offset
        else { throw fail("reaches beyond its storage") }
        // A view that repeats its values could claim more of them than any memory holds.
        guard count <= storage.count || count == 0 else { throw fail("is an expanded view; save a copy of it") }
        return TensorEntry(
            name: name, type: storage.type, shape: tensor.shape, offset: member.offset + tensor.offset * size,
            byteCount: reach * size, strides: isDense ? nil : tensor.strides)
    }

    private static func product(_ shape: [Int]) -> Int? {
        var count = 1
        var bound = 1
        for extent in shape {
            let (next, overflow) = bound.multipliedReportingOverflow(by: max(extent, 1))
            guard !overflow else { return nil }
            bound = next
            count *= extent
        }
        return count
    }

    private static func isRowMajor(_ tensor: PickleHeap.PickledTensor) -> Bool {
        if tensor.shape.contains(0) { return true }
        var expected = 1
        for (extent, stride) in zip(tensor.shape, tensor.strides).reversed() where extent != 1 {
            guard stride == expected else { return false }
            expected *= extent
        }
        return true
    }

    /// Elements from the first to behind the last.
    private static func reach(_ tensor: PickleHeap.PickledTensor) -> Int? {
        var last = 0
        for (extent, stride) in zip(tensor.shape, tensor.strides) {
            let (step, overflow) = (extent - 1).multipliedReportingOverflow(by: stride)
            let (sum, beyond) = last.addingReportingOverflow(step)
            guard !overflow, !beyond, sum < Int.max else { return nil }
            last = sum
        }
        return last + 1
    }
}
