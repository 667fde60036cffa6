import CLPKernels
import Glibc

/// A weight as it is stored: floats of our own, or values of 16 or 32 bits borrowed from a mapped file.
package struct Parameter: @unchecked Sendable {
    package enum Precision: Sendable { case float32, float16, bfloat16 }

    package let shape: [Int]
    package let precision: Precision
    /// Whether it lies in a mapped file. Such weights are large: what is made of them for a product is not kept.
    package let isMapped: Bool
    let pointer: UnsafeRawPointer
    private let owner: AnyObject?
    private let check: DeferredCheck?
    private let tensor: Tensor?

    package init(_ tensor: Tensor) {
        shape = tensor.shape
        precision = .float32
        pointer = UnsafeRawPointer(tensor.pointer)
        isMapped = false
        owner = nil
        check = nil
        self.tensor = tensor
    }

    /// - Parameters:
    ///   - pointer: the values, row-major, in the machine's byte order, at any alignment.
    ///   - owner: kept alive as long as this parameter; the values must live that long.
    ///   - mapped: whether the values lie in a mapped file
    ///   - check: run before the values are used for the first time, nil if they are known to be good
    /// - Throws: `TensorError.shape` or `.outOfMemory` for a shape that cannot be.
    package init(
        shape: [Int], precision: Precision, pointer: UnsafeRawPointer, owner: AnyObject, mapped: Bool = false,
        check: DeferredCheck? = nil
    ) throws {
        _ = try Tensor.checkedCount(shape)
        self.shape = shape
        self.precision = precision
        self.pointer = pointer
        self.owner = owner
        self.check = check
        isMapped = mapped
        tensor = nil
    }

    package var count: Int { shape.reduce(1, *) }

    /// The values as floats: the tensor itself if that is what this parameter was made from, else a copy.
    package func floats() throws -> Tensor {
        if let tensor { return tensor }
        try verify()
        let result = try Tensor(uninitialized: shape)
        widen(0..<result.count, to: result.pointer)
        return result
    }

    /// Some rows (of the first axis) as floats, [range.count, ...].
    package func rows(_ range: Range<Int>) throws -> Tensor {
        guard let length = shape.first, length > 0, range.lowerBound >= 0, range.upperBound <= length else {
            throw TensorError.shape("rows \(range) of \(shape)")
        }
        try verify()
        let inner = count / length
        let result = try Tensor(uninitialized: [range.count] + shape.dropFirst())
        widen(range.lowerBound * inner..<range.upperBound * inner, to: result.pointer)
        return result
    }

    /// Looks at the values if nobody has yet. To be called before `widen`.
    ///
    /// - Throws: what the check finds wrong with them.
    func verify() throws { try check?.run() }

    /// The values as they are stored, row-major, in the machine's byte order.
    package func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) throws -> Result {
        try verify()
        return try withExtendedLifetime((owner, tensor)) {
            try body(UnsafeRawBufferPointer(start: pointer, count: count * (precision == .float32 ? 4 : 2)))
        }
    }

    /// The values as floats that are only read; avoids the copy for aligned floats in a mapped file.
    func readable() throws -> Tensor {
        if tensor == nil, let owner, precision == .float32,
            Int(bitPattern: pointer) % MemoryLayout<Float>.alignment == 0
        {
            try verify()
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
