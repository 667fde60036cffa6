import LPTensor

/// A safetensors file: an 8-byte little-endian header length, a JSON header, then the tensors' bytes.
///
/// The header is checked in full before any tensor is read: its length against the file, every span against the data,
/// spans against each other (no overlap), and every span against shape x element size. Element types other than
/// F32, F16 and BF16 may be in the file; they are refused when asked for.
///
/// Files below `mappingThreshold` are copied and checked for non-finite values tensor by tensor, so that replacing or
/// truncating the file later cannot hurt; larger ones are mapped, must then stay as they are while the model lives, and are
/// checked as they are used.
///
/// Reference: https://github.com/huggingface/safetensors (format section of its README).
package final class SafetensorsFile {
    package struct Entry: Equatable {
        package let name: String
        package let type: String
        package let shape: [Int]
        /// First byte in the file, and number of bytes.
        package let offset: Int
        package let byteCount: Int
    }

    package static let mappingThreshold = 64 << 20
    static let headerLimit = 32 << 20

    package var path: String { file.path }
    /// By name.
    package let entries: [String: Entry]
    private let file: ReadableFile
    package let mapping: WeightMemory?

    /// - Throws: `WeightError` naming the file and, where one is at fault, the tensor and its offset.
    package init(path: String, mappingThreshold: Int = SafetensorsFile.mappingThreshold) throws {
        let file = try ReadableFile(path: path)
        guard file.size >= 8 else {
            throw WeightError.format(path: path, offset: 0, reason: "too short for a safetensors file")
        }
        var lengthBytes: UInt64 = 0
        try withUnsafeMutableBytes(of: &lengthBytes) { try file.read(into: $0, at: 0) }
        guard let length = Int(exactly: UInt64(littleEndian: lengthBytes)), length >= 2, length <= file.size - 8 else {
            throw WeightError.format(
                path: path, offset: 0,
                reason: "not a safetensors file, or cut short: the header does not fit into the file")
        }
        guard length <= Self.headerLimit else {
            throw WeightError.format(path: path, offset: 0, reason: "the header is larger than 32 MiB")
        }
        let header = try [UInt8](unsafeUninitializedCapacity: length) { buffer, count in
            try file.read(into: UnsafeMutableRawBufferPointer(buffer), at: 8)
            count = length
        }
        self.entries = try SafetensorsHeader.entries(header, path: path, fileSize: file.size)
        self.file = file
        self.mapping = file.size >= mappingThreshold ? try WeightMemory(mapping: file) : nil
    }

    /// The weight as stored. Non-finite values are refused, those of a mapped file when the weight is first used.
    /// - Parameter shape: another shape with as many elements; nil is the entry's own
    package func parameter(_ entry: Entry, shape: [Int]? = nil) throws -> Parameter {
        let shape = shape ?? entry.shape
        let precision = try precision(of: entry)
        let alignment = precision == .float32 ? 4 : 2
        if let mapping, entry.offset % alignment == 0 {
            let path = path
            return try Parameter(
                shape: shape, precision: precision, pointer: UnsafeRawPointer(mapping.pointer + entry.offset),
                owner: mapping, mapped: true,
                check: DeferredCheck {
                    let values = UnsafeRawBufferPointer(start: mapping.pointer + entry.offset, count: entry.byteCount)
                    try Self.requireFinite(FiniteScan.firstNonFinite(values, precision: precision), entry, path: path)
                })
        }
        if precision == .float32 { return Parameter(try floats(entry).reshaped(shape)) }
        let memory = try WeightMemory(bytes: entry.byteCount)
        try file.read(into: memory.bytes, at: entry.offset)
        let values = UnsafeRawBufferPointer(start: memory.pointer, count: entry.byteCount)
        try Self.requireFinite(FiniteScan.firstNonFinite(values, precision: precision), entry, path: path)
        return try Parameter(
            shape: shape, precision: precision, pointer: UnsafeRawPointer(memory.pointer), owner: memory)
    }

    /// The weight widened to f32, in its own memory. Non-finite values are refused.
    package func floats(_ entry: Entry) throws -> Tensor {
        guard try precision(of: entry) == .float32 else { return try parameter(entry).floats() }
        let tensor = try Tensor(uninitialized: entry.shape)
        let bytes = UnsafeMutableRawBufferPointer(start: tensor.pointer, count: entry.byteCount)
        try file.read(into: bytes, at: entry.offset)
        let values = UnsafeRawBufferPointer(bytes)
        try Self.requireFinite(FiniteScan.firstNonFinite(values, precision: .float32), entry, path: path)
        return tensor
    }

    private func precision(of entry: Entry) throws -> Parameter.Precision {
        switch entry.type {
        case "F32": return .float32
        case "F16": return .float16
        case "BF16": return .bfloat16
        default:
            throw WeightError.tensor(
                path: path, tensor: entry.name, offset: entry.offset,
                reason: "has element type \(entry.type); F32, F16 or BF16 is expected")
        }
    }

    private static func requireFinite(_ index: Int?, _ entry: Entry, path: String) throws {
        if let index {
            throw WeightError.tensor(
                path: path, tensor: entry.name, offset: entry.offset,
                reason: "holds a value that is not finite (element \(index))")
        }
    }
}
