import LPTensor

/// `x * (noisy sample) + prediction * (network output)`, the coefficients in Double.
///
/// Every deterministic first-order step is one such sum. Adding up its coefficients in Double and touching the tensors
/// once is what keeps steps from a noise level of 20000 accurate: the terms of the textbook order cancel only after
/// they were rounded.
struct LinearForm: Sendable, Equatable {
    var x: Double
    var prediction: Double

    static func + (left: LinearForm, right: LinearForm) -> LinearForm {
        LinearForm(x: left.x + right.x, prediction: left.prediction + right.prediction)
    }

    static func * (factor: Double, form: LinearForm) -> LinearForm {
        LinearForm(x: factor * form.x, prediction: factor * form.prediction)
    }

    /// - Throws: `TensorError` when the shapes differ or memory is short
    func applied(_ sample: Tensor, _ output: Tensor, compute: Compute) throws -> Tensor {
        try compute.axpby(Float(x), sample, Float(prediction), output)
    }
}
