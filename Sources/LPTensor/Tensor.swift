import Glibc

/// A contiguous row-major array of floats with a shape. Copies share memory; operations return new tensors unless their name
/// ends in `InPlace`.
///
/// Activations are channels last: images [N, H, W, C] with N frames, tokens [N, L, C].
package struct Tensor: @unchecked Sendable {
    package let shape: [Int]
    /// The product of the shape.
    package let count: Int
    /// The first element. Valid as long as this tensor, or one that shares its storage, lives.
    package let pointer: UnsafeMutablePointer<Float>
    private let storage: TensorStorage

    /// Memory with unspecified contents.
    ///
    /// - Throws: `TensorError.shape` for a negative extent, `TensorError.outOfMemory` for a product that overflows or memory
    ///   that the system does not have.
    package init(uninitialized shape: [Int]) throws {
        let count = try Tensor.checkedCount(shape)
        let storage = try TensorStorage(count: count)
        self.init(shape: shape, count: count, pointer: storage.pointer, storage: storage)
    }

    package init(zeros shape: [Int]) throws {
        try self.init(uninitialized: shape)
        memset(pointer, 0, count * MemoryLayout<Float>.stride)
    }

    package init(_ values: [Float], shape: [Int]) throws {
        guard try Tensor.checkedCount(shape) == values.count else {
            throw TensorError.shape("\(values.count) values do not fill \(shape)")
        }
        try self.init(uninitialized: shape)
        values.withUnsafeBufferPointer { source in
            if let base = source.baseAddress { pointer.update(from: base, count: source.count) }
        }
    }

    /// Somebody else's floats, never to be written to.
    init(borrowed pointer: UnsafeRawPointer, shape: [Int], owner: AnyObject) throws {
        let count = try Tensor.checkedCount(shape)
        let storage = TensorStorage(borrowed: pointer, owner: owner)
        self.init(shape: shape, count: count, pointer: storage.pointer, storage: storage)
    }

    private init(shape: [Int], count: Int, pointer: UnsafeMutablePointer<Float>, storage: TensorStorage) {
        self.shape = shape
        self.count = count
        self.pointer = pointer
        self.storage = storage
    }

    /// The same elements under another shape; storage is shared.
    package func reshaped(_ shape: [Int]) throws -> Tensor {
        guard try Tensor.checkedCount(shape) == count else {
            throw TensorError.shape("reshape \(self.shape) to \(shape)")
        }
        return Tensor(shape: shape, count: count, pointer: pointer, storage: storage)
    }

    /// Entries `range` of axis 0; storage is shared.
    package func slice(_ range: Range<Int>) throws -> Tensor {
        guard let length = shape.first, range.lowerBound >= 0, range.upperBound <= length else {
            throw TensorError.shape("slice \(range) of \(shape)")
        }
        let inner = length == 0 ? 0 : count / length
        return Tensor(
            shape: [range.count] + shape.dropFirst(), count: range.count * inner,
            pointer: pointer + range.lowerBound * inner, storage: storage)
    }

    /// A tensor of its own memory with the same elements.
    package func copy() throws -> Tensor {
        let result = try Tensor(uninitialized: shape)
        result.pointer.update(from: pointer, count: count)
        return result
    }

    package var array: [Float] { Array(UnsafeBufferPointer(start: pointer, count: count)) }

    /// The last extent, 1 for a scalar.
    var columns: Int { shape.last ?? 1 }
    /// How many rows of `columns` elements there are.
    var rows: Int { columns == 0 ? 0 : count / columns }

    /// The product of a shape. Extents of zero do not hide an overflow of the others, so that any product of some extents of
    /// a tensor's shape fits an `Int`.
    static func checkedCount(_ shape: [Int]) throws -> Int {
        var bound = 1
        var count = 1
        for extent in shape {
            guard extent >= 0 else { throw TensorError.shape("negative extent in \(shape)") }
            let (next, overflow) = bound.multipliedReportingOverflow(by: max(extent, 1))
            guard !overflow, next <= Int.max / 16 else { throw TensorError.outOfMemory(bytes: Int.max) }
            bound = next
            count *= extent
        }
        return count
    }
}
