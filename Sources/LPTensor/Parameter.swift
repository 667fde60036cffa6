import CLPKernels
import Glibc

/// A weight as it is stored: floats of our own, or values of 16 or 32 bits borrowed from a mapped file.
package struct Parameter: @unchecked Sendable {
    package enum Precision: Sendable { case float32, float16, bfloat16 }

    package let shape: [Int]
    package let precision: Precision
    let pointer: UnsafeRawPointer
    private let owner: AnyObject?
    private let tensor: Tensor?

    package init(_ tensor: Tensor) {
        shape = tensor.shape
        precision = .float32
        pointer = UnsafeRawPointer(tensor.pointer)
        owner = nil
        self.tensor = tensor
    }

    /// - Parameters:
    ///   - pointer: the values, row-major, in the machine's byte order, at any alignment.
    ///   - owner: kept alive as long as this parameter; the values must live that long.
    /// - Throws: `TensorError.shape` or `.outOfMemory` for a shape that cannot be.
    package init(shape: [Int], precision: Precision, pointer: UnsafeRawPointer, owner: AnyObject) throws {
        _ = try Tensor.checkedCount(shape)
        self.shape = shape
        self.precision = precision
        self.pointer = pointer
        self.owner = owner
        tensor = nil
    }

    package var count: Int { shape.reduce(1, *) }

    /// The values as floats: the tensor itself if that is what this parameter was made from, else a copy.
    package func floats() throws -> Tensor {
        if let tensor { return tensor }
        let result = try Tensor(uninitialized: shape)
        widen(0..<result.count, to: result.pointer)
        return result
    }

    /// The values as floats that are only read; avoids the copy for aligned floats in a mapped file.
    func readable() throws -> Tensor {
        if tensor == nil, let owner, precision == .float32,
            Int(bitPattern: pointer) % MemoryLayout<Float>.alignment == 0
        {
            return try Tensor(borrowed: pointer, shape: shape, owner: owner)
        }
        return try floats()
    }

    /// Writes the values of `range` as floats to `destination`.
    func widen(_ range: Range<Int>, to destination: UnsafeMutablePointer<Float>) {
        switch precision {
        case .float32:
            memcpy(destination, pointer + range.lowerBound * 4, range.count * 4)
        case .float16:
            clp_widen_half(pointer + range.lowerBound * 2, destination, range.count)
        case .bfloat16:
            clp_widen_bfloat(pointer + range.lowerBound * 2, destination, range.count)
        }
    }
}
