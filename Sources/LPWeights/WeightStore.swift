import LPTensor

/// The tensors of one network's file, handed out by name and expected shape.
///
/// Loading is strict both ways: a tensor that is asked for must be there in exactly the expected shape, and `finish()`
/// fails if the file holds tensors that nobody asked for, so that a model and the code cannot silently disagree.
///
/// One store is used by one thread while a model loads; what it hands out stays valid without it.
package final class WeightStore {
    private let file: SafetensorsFile
    private var used: Set<String> = []

    /// Number of values, and of bytes in memory, handed out so far.
    package private(set) var parameterCount = 0
    package private(set) var byteCount = 0

    package init(path: String, mappingThreshold: Int = SafetensorsFile.mappingThreshold) throws {
        file = try SafetensorsFile(path: path, mappingThreshold: mappingThreshold)
    }

    package var path: String { file.path }
    /// The file's mapping, nil if it is small and was copied.
    package var mapping: WeightMemory? { file.mapping }
    package var names: [String] { file.entries.keys.sorted() }

    /// All names, without a prefix.
    package var root: Scope { Scope(store: self, prefix: "") }

    package func scoped(_ prefix: String) -> Scope { root.scoped(prefix) }

    package func tensor(_ name: String, _ shape: [Int]) throws -> Tensor {
        let entry = try take(name, shape)
        let tensor = try file.floats(entry)
        byteCount += tensor.count * 4
        return tensor
    }

    /// - Parameter stored: the shape in the file, where it differs from `shape` (with as many elements)
    package func parameter(_ name: String, _ shape: [Int], stored: [Int]? = nil) throws -> Parameter {
        let entry = try take(name, stored ?? shape)
        byteCount += entry.byteCount
        return try file.parameter(entry, shape: shape)
    }

    /// Shape of a tensor in the file, nil if it is not there. Does not count as asking for it.
    package func shape(of name: String) -> [Int]? { file.entries[name]?.shape }

    /// Names a tensor that the network has no use for.
    package func ignore(_ name: String) { used.insert(name) }

    /// To be called when the network is complete.
    /// - Throws: `WeightError.surplus` with every tensor that nobody asked for.
    package func finish() throws {
        let surplus = file.entries.keys.filter { !used.contains($0) }.sorted()
        guard surplus.isEmpty else { throw WeightError.surplus(path: path, tensors: surplus) }
    }

    private func take(_ name: String, _ shape: [Int]) throws -> SafetensorsFile.Entry {
        guard let entry = file.entries[name] else { throw WeightError.missing(path: path, tensor: name) }
        guard entry.shape == shape else {
            throw WeightError.shape(path: path, tensor: name, expected: shape, found: entry.shape)
        }
        if used.insert(name).inserted { parameterCount += shape.reduce(1, *) }
        return entry
    }
}

extension WeightStore {
    /// A view of the names below one prefix: `scoped("down_blocks.0").tensor("norm.weight", [8])` is
    /// `down_blocks.0.norm.weight`.
    package struct Scope {
        package let store: WeightStore
        package let prefix: String

        package func scoped(_ name: String) -> Scope { Scope(store: store, prefix: full(name)) }
        package func scoped(_ name: String, _ index: Int) -> Scope { scoped("\(name).\(index)") }

        /// f32, widened if stored in half precision.
        package func tensor(_ name: String, _ shape: [Int]) throws -> Tensor {
            try store.tensor(full(name), shape)
        }

        /// As stored. `stored` is the shape in the file, where it differs from `shape` (with as many elements).
        package func parameter(_ name: String, _ shape: [Int], stored: [Int]? = nil) throws -> Parameter {
            try store.parameter(full(name), shape, stored: stored)
        }

        /// nil if the file has no such tensor; if it has, the shape must be as expected.
        package func optional(_ name: String, _ shape: [Int]) throws -> Tensor? {
            has(name) ? try tensor(name, shape) : nil
        }

        /// The convolution kernel `weight` below this prefix, packed for `Compute.conv2d`. `shape` is [O, I, kh, kw].
        package func convolution(_ name: String, _ shape: [Int]) throws -> ConvolutionWeight {
            try ConvolutionWeight(try parameter(name, shape))
        }

        package func has(_ name: String) -> Bool { shape(of: name) != nil }
        package func shape(of name: String) -> [Int]? { store.shape(of: full(name)) }
        package func ignore(_ name: String) { store.ignore(full(name)) }

        package func full(_ name: String) -> String { prefix.isEmpty ? name : "\(prefix).\(name)" }
    }
}
