import LPTensor

/// The tensors of one network, handed out by name and expected shape. They come from the network's own file, or from
/// several files that were put together.
///
/// Loading is strict both ways: a tensor that is asked for must be there in exactly the expected shape, and `finish()`
/// fails if there are tensors that nobody asked for, so that a model and the code cannot silently disagree.
///
/// One store is used by one thread while a model loads; what it hands out stays valid without it.
package final class WeightStore {
    /// By the network's names.
    private let tensors: [String: BoundTensor]
    private var used: Set<String> = []

    /// The file or folder that stands for the network, in messages.
    package let path: String

    /// Number of values, and of bytes in memory, handed out so far.
    package private(set) var parameterCount = 0
    package private(set) var byteCount = 0

    /// A network whose names are those of its file.
    package convenience init(path: String, mappingThreshold: Int? = nil) throws {
        let file = try SafetensorsFile(path: path, mappingThreshold: mappingThreshold)
        self.init(file.entries.mapValues { BoundTensor(file, $0) }, path: path)
    }

    package init(_ tensors: [String: BoundTensor], path: String) {
        self.tensors = tensors
        self.path = path
    }

    /// The stretches of mapped files that the tensors lie in; small files are copied.
    package var mappings: [MappedSpan] { MappedSpan.joined(tensors.values.compactMap { $0.source.mapped($0.entry) }) }

    package var names: [String] { tensors.keys.sorted() }

    /// All names, without a prefix.
    package var root: Scope { Scope(store: self, prefix: "") }

    package func scoped(_ prefix: String) -> Scope { root.scoped(prefix) }

    package func tensor(_ name: String, _ shape: [Int]) throws -> Tensor {
        let tensor = try take(name, shape).floats()
        byteCount += tensor.count * 4
        return tensor
    }

    /// - Parameter stored: the shape in the file, where it differs from `shape` (with as many elements)
    package func parameter(_ name: String, _ shape: [Int], stored: [Int]? = nil) throws -> Parameter {
        let parameter = try take(name, stored ?? shape).parameter(shape)
        byteCount += parameter.count * parameter.precision.size
        return parameter
    }

    /// A tensor as it is, whatever its shape, for copying. Counts as asking for it.
    package func stored(_ name: String) throws -> BoundTensor {
        guard let tensor = tensors[name] else { throw WeightError.missing(path: path, tensor: name) }
        used.insert(name)
        return tensor
    }

    /// Shape of a tensor in the file, nil if it is not there. Does not count as asking for it.
    package func shape(of name: String) -> [Int]? { tensors[name]?.shape }

    /// Names a tensor that the network has no use for.
    package func ignore(_ name: String) { used.insert(name) }

    /// To be called when the network is complete.
    /// - Throws: `WeightError.surplus` with every tensor that nobody asked for.
    package func finish() throws {
        let surplus = tensors.filter { !used.contains($0.key) }
        guard let first = surplus.min(by: { $0.key < $1.key }) else { return }
        let sameFile = surplus.values.filter { $0.source.path == first.value.source.path }
        throw WeightError.surplus(path: first.value.source.path, tensors: sameFile.map(\.entry.name).sorted())
    }

    private func take(_ name: String, _ shape: [Int]) throws -> BoundTensor {
        guard let tensor = tensors[name] else { throw WeightError.missing(path: path, tensor: name) }
        guard tensor.shape == shape else {
            throw WeightError.shape(
                path: tensor.source.path, tensor: tensor.entry.name, expected: shape, found: tensor.shape)
        }
        if used.insert(name).inserted { parameterCount += shape.reduce(1, *) }
        return tensor
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

        /// The depthwise kernel `name` below this prefix, in the order `Compute.depthwise` reads. `shape` is [C, 1, kh, kw].
        package func depthwise(_ name: String, _ shape: [Int]) throws -> DepthwiseWeight {
            try DepthwiseWeight(try tensor(name, shape))
        }

        package func has(_ name: String) -> Bool { shape(of: name) != nil }
        package func shape(of name: String) -> [Int]? { store.shape(of: full(name)) }
        package func ignore(_ name: String) { store.ignore(full(name)) }

        package func full(_ name: String) -> String { prefix.isEmpty ? name : "\(prefix).\(name)" }
    }
}
