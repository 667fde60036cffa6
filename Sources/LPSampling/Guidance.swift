import LPTensor

/// Classifier-free guidance: the difference that the prompt makes, exaggerated.
package struct Guidance: Sendable, Equatable {
    /// 1 leaves the prompt's own output; 0 the negative prompt's.
    package let scale: Double

    package init(scale: Double) {
        self.scale = scale
    }

    /// Whether the negative prompt's pass is needed at all.
    package var isOn: Bool { scale != 1 }

    /// n + g (p - n), as (1 - g) n + g p.
    ///
    /// - Throws: `TensorError` when the shapes differ
    package func combined(negative: Tensor, positive: Tensor, compute: Compute) throws -> Tensor {
        guard isOn else { return positive }
        return try compute.axpby(Float(1 - scale), negative, Float(scale), positive)
    }
}
