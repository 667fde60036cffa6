import LPTensor

/// A sampler whose x keeps the variance of training, √ᾱ of the clean sample and √(1-ᾱ) of unit noise, and goes to the
/// network as it is.
protocol VariancePreservingSampler: Sampler {
    /// ᾱ before each step.
    var alphaBars: [Double] { get }
    /// The clean sample that each step's output promises.
    var originals: [LinearForm] { get }
    var compute: Compute { get }
}

extension VariancePreservingSampler {
    package var initialNoiseScale: Double { 1 }

    package func mixture(at index: Int) throws -> (original: Double, noise: Double) {
        try check(index)
        return (alphaBars[index].squareRoot(), (1 - alphaBars[index]).squareRoot())
    }

    package func modelInput(_ x: Tensor, at index: Int) throws -> Tensor {
        try check(index)
        return x
    }

    package func predictedOriginal(_ x: Tensor, prediction: Tensor, at index: Int) throws -> Tensor {
        try check(index)
        return try originals[index].applied(x, prediction, compute: compute)
    }
}
