import LPTensor

/// Looks for infinities and NaN in stored weights: all exponent bits set.
enum FiniteScan {
    /// Index of the first element that is not finite; nil if all are. `bytes` is aligned for its precision.
    static func firstNonFinite(_ bytes: UnsafeRawBufferPointer, precision: Parameter.Precision) -> Int? {
        switch precision {
        case .float32: scan(bytes.bindMemory(to: UInt32.self), mask: 0x7F80_0000)
        case .float16: scan(bytes.bindMemory(to: UInt16.self), mask: 0x7C00)
        case .bfloat16: scan(bytes.bindMemory(to: UInt16.self), mask: 0x7F80)
        }
    }

    private static func scan<Bits: FixedWidthInteger>(_ elements: UnsafeBufferPointer<Bits>, mask: Bits) -> Int? {
        // Blocks without an early exit inside, so that the compiler can use vector instructions.
        let block = 4096
        var start = 0
        while start < elements.count {
            let end = min(start + block, elements.count)
            var found: Bits = 0
            for index in start..<end { found |= elements[index] & mask == mask ? 1 : 0 }
            if found != 0 { return (start..<end).first { elements[$0] & mask == mask } }
            start = end
        }
        return nil
    }
}
