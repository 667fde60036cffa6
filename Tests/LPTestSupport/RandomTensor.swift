import LPTensor

/// A small generator for test inputs, the same on every machine (SplitMix64).
package struct TestRandom {
    private var state: UInt64

    package init(_ seed: UInt64) { state = seed }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// Uniform in -scale ..< scale.
    package mutating func uniform(_ scale: Float = 1) -> Float {
        (Float(next() >> 40) * 0x1p-23 - 1) * scale
    }

    package mutating func tensor(_ shape: [Int], scale: Float = 1) throws -> Tensor {
        let result = try Tensor(uninitialized: shape)
        for index in 0..<result.count { result.pointer[index] = uniform(scale) }
        return result
    }
}
