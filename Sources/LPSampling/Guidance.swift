import LPTensor

/// Classifier-free guidance: the difference that the prompt makes, exaggerated.
package struct Guidance: Sendable, Equatable {
    /// 1 leaves the prompt's own output; 0 the negative prompt's.
    package let scale: Double
    /// 0 ... 1: how far the result is brought back to the spread of the prompt's own output. Strong guidance
    /// over-saturates, above all models with a zero terminal signal; 0.7 is usual for these.
    package let rescale: Double

    package init(scale: Double, rescale: Double = 0) {
        self.scale = scale
        self.rescale = rescale
    }

    /// Whether the negative prompt's pass is needed at all.
    package var isOn: Bool { scale != 1 }

    /// n + g (p - n), as (1 - g) n + g p; then rescaled.
    ///
    /// - Throws: `TensorError` when the shapes differ
    package func combined(negative: Tensor, positive: Tensor, compute: Compute) throws -> Tensor {
        guard isOn else { return positive }
        let mixed = try compute.axpby(Float(1 - scale), negative, Float(scale), positive)
        guard rescale > 0 else { return mixed }
        let (wanted, found) = (Self.deviation(positive), Self.deviation(mixed))
        guard found > 0 else { return mixed }
        return try compute.scale(mixed, Float(rescale * wanted / found + 1 - rescale))
    }

    /// Standard deviation of all values of the clip, unbiased; summed in Double, one value after the other.
    ///
    /// Reference: Lin et al. 2023, section 3.4; diffusers `rescale_noise_cfg`.
    private static func deviation(_ x: Tensor) -> Double {
        guard x.count > 1 else { return 0 }
        var sum = 0.0
        for index in 0..<x.count { sum += Double(x.pointer[index]) }
        let mean = sum / Double(x.count)
        var squares = 0.0
        for index in 0..<x.count {
            let distance = Double(x.pointer[index]) - mean
            squares += distance * distance
        }
        return (squares / Double(x.count - 1)).squareRoot()
    }
}
