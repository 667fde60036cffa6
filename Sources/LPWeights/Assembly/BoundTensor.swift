import LPTensor

/// A tensor as a network asks for it, and how it comes out of the files.
package struct BoundTensor {
    package let source: any TensorSource
    /// The tensor under the name that it has in the file.
    package let entry: TensorEntry
    /// The shape under which the network gets it, with as many elements as the file's.
    package private(set) var shape: [Int]
    private var changes: [any WeightChange] = []

    package init(_ source: any TensorSource, _ entry: TensorEntry, shape: [Int]? = nil) {
        self.source = source
        self.entry = entry
        self.shape = shape ?? entry.shape
    }

    /// This tensor after one more change. Changes are computed in f32, in the order in which they were added.
    /// - Throws: `WeightError` when the change does not fit the shape
    func changed(by change: any WeightChange) throws -> BoundTensor {
        var result = self
        result.shape = try change.shape(after: shape)
        result.changes.append(change)
        return result
    }

    /// Number of values that the network gets.
    package var count: Int { shape.reduce(1, *) }

    /// The weight in the precision of the file, changed or not: a merged weight takes no more memory than a plain one.
    package func parameter(_ shape: [Int]? = nil) throws -> Parameter {
        let shape = shape ?? self.shape
        if changes.isEmpty { return try source.parameter(entry, shape: shape) }
        let merged = Parameter(try floats().reshaped(shape))
        return try merged.converted(to: Parameter.Precision(safetensors: entry.type) ?? .float32)
    }

    /// The weight as floats.
    package func floats() throws -> Tensor {
        if changes.isEmpty { return try source.floats(entry).reshaped(shape) }
        // Through the precision of the file, so that a network gets the same values by either way.
        var tensor = try source.parameter(entry).floats()
        for change in changes { tensor = try change.applied(to: tensor) }
        let precision = Parameter.Precision(safetensors: entry.type) ?? .float32
        return try Parameter(try tensor.reshaped(shape)).converted(to: precision).floats()
    }
}

/// Something that is done to a weight between the file and the network.
protocol WeightChange {
    func shape(after shape: [Int]) throws -> [Int]
    /// - Parameter tensor: may be written to or handed back changed
    func applied(to tensor: Tensor) throws -> Tensor
}

/// W + scale · up · down: what a low-rank adapter adds to a weight.
struct LowRankUpdate: WeightChange {
    /// [outputs, rank], perhaps with a kernel of 1x1.
    let up: BoundTensor
    /// [rank, inputs...]
    let down: BoundTensor
    let scale: Float

    /// - Throws: `WeightError.shape` naming the adapter's tensor that does not fit
    func shape(after shape: [Int]) throws -> [Int] {
        let inputs = shape.dropFirst().reduce(1, *)
        guard let outputs = shape.first, let rank = down.shape.first, rank > 0 else {
            throw WeightError.shape(path: down.source.path, tensor: down.entry.name, expected: shape, found: down.shape)
        }
        guard down.shape.dropFirst().reduce(1, *) == inputs else {
            throw WeightError.shape(
                path: down.source.path, tensor: down.entry.name, expected: [rank] + shape.dropFirst(), found: down.shape
            )
        }
        guard up.shape.count >= 2, up.shape[0] == outputs, up.shape.dropFirst().reduce(1, *) == rank else {
            throw WeightError.shape(
                path: up.source.path, tensor: up.entry.name, expected: [outputs, rank], found: up.shape)
        }
        return shape
    }

    func applied(to tensor: Tensor) throws -> Tensor {
        let (up, down) = (try up.floats(), try down.floats())
        guard let outputs = tensor.shape.first, let rank = down.shape.first, rank > 0, outputs > 0 else {
            return tensor
        }
        let inputs = down.count / rank
        let transposed = try Tensor(uninitialized: [inputs, rank])
        for row in 0..<rank {
            for column in 0..<inputs { transposed.pointer[column * rank + row] = down.pointer[row * inputs + column] }
        }
        let product = try Compute(threads: 1)
            .linear(try up.reshaped([outputs, rank]), Parameter(transposed), bias: nil)  // [outputs, inputs]
        let sum = try Tensor(uninitialized: tensor.shape)
        for index in 0..<sum.count { sum.pointer[index] = tensor.pointer[index] + scale * product.pointer[index] }
        return sum
    }
}

/// More input channels for a convolution, from another file: W [O, I, kh, kw] becomes [O, I + more, kh, kw].
struct FurtherInputs: WeightChange {
    let weight: BoundTensor
    /// The first of that weight's channels that is taken; the rest to the end follows.
    let from: Int

    func shape(after shape: [Int]) throws -> [Int] {
        let found = weight.shape
        guard shape.count == 4, found.count == 4, found[0] == shape[0], found[2...] == shape[2...], shape[1] == from,
            found[1] >= from
        else {
            throw WeightError.shape(
                path: weight.source.path, tensor: weight.entry.name, expected: shape, found: found)
        }
        return [shape[0], found[1], shape[2], shape[3]]
    }

    func applied(to tensor: Tensor) throws -> Tensor {
        let other = try weight.floats()
        let result = try other.copy()
        let area = result.shape[2] * result.shape[3]
        for output in 0..<result.shape[0] {
            (result.pointer + output * result.shape[1] * area)
                .update(from: tensor.pointer + output * from * area, count: from * area)
        }
        return result
    }
}
