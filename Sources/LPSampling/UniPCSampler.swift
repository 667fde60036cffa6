import Glibc
import LPTensor

/// UniPC of second order, B(h) = e^h - 1 ("bh2"), predicting the clean sample.
///
/// Each evaluation first corrects the x it was made at (the corrector of the step before), then predicts the next one.
/// The first step and the last are of first order. With α, s, λ as in `DPMSolverPlusPlus2M`, φ = e^-h - 1 = σ'/σ - 1.
///
/// Reference: Zhao et al. 2023 (arXiv 2302.04867); diffusers `UniPCMultistepScheduler`.
package final class UniPCSampler: VariancePreservingSampler {
    package let timesteps: [Double]

    let alphaBars: [Double]
    let originals: [LinearForm]
    let compute: Compute
    /// σ of every step, and 0.
    private let sigmas: [Double]
    private var before: Step?

    /// What a step leaves for the next.
    private struct Step {
        let index: Int
        let order: Int
        /// x it predicted from, corrected.
        let sample: Tensor
        let original: Tensor
        /// The clean sample that the step before this one promised.
        let older: Tensor?
    }

    /// - Throws: `SamplingError` when the schedule has fewer steps than asked for
    package init(_ settings: SamplerSettings, steps count: Int, compute: Compute) throws {
        timesteps = try settings.timesteps(count, family: .multistep)
        let visited = timesteps.map { settings.schedule.sigma(at: $0) }
        sigmas = visited + [0]
        alphaBars = visited.map { 1 / ($0 * $0 + 1) }
        originals = alphaBars.map { settings.prediction.forms(alphaBar: $0).original }
        self.compute = compute
    }

    package func step(_ x: Tensor, prediction: Tensor, at index: Int) throws -> Tensor {
        let original = try predictedOriginal(x, prediction: prediction, at: index)
        let last = before.flatMap { $0.index == index - 1 ? $0 : nil }
        let sample = try last.map { try corrected(x, original, after: $0) } ?? x
        // Two equal steps in a row (as many steps as training had, rounded) leave no slope to use.
        let hasSlope = last != nil && sigmas[index - 1] > sigmas[index] && sigmas[index] > sigmas[index + 1]
        let order = hasSlope && index + 1 < timesteps.count ? 2 : 1
        let span = Span(from: sigmas[index], to: sigmas[index + 1])
        var terms = [(span.decay, sample), (span.gain, original)]
        if order == 2, let last {
            // Half the slope of the two last promises.
            let slope = span.gain / 2 / span.ratio(to: sigmas[index - 1])
            terms = [(span.decay, sample), (span.gain - slope, original), (slope, last.original)]
        }
        let next = try weightedSum(terms)
        before = Step(index: index, order: order, sample: sample, original: original, older: last?.original)
        return next
    }

    /// x of this evaluation, made anew from where the step before began, now that its end is known too.
    private func corrected(_ x: Tensor, _ original: Tensor, after last: Step) throws -> Tensor {
        let span = Span(from: sigmas[last.index], to: sigmas[last.index + 1])
        guard span.length > 0 else { return x }
        guard last.order == 2, let older = last.older else {
            return try weightedSum([
                (span.decay, last.sample), (span.gain / 2, last.original), (span.gain / 2, original),
            ])
        }
        let ratio = span.ratio(to: sigmas[last.index - 1])
        let (first, second) = span.weights
        let slope = (first - second) / (1 - ratio)
        let end = first - slope
        return try weightedSum([
            (span.decay, last.sample), (span.gain * (1 - slope / ratio - end), last.original),
            (span.gain * slope / ratio, older), (span.gain * end, original),
        ])
    }

    private func weightedSum(_ terms: [(Double, Tensor)]) throws -> Tensor {
        guard let first = terms.first else { throw TensorError.shape("a sum of nothing") }
        var sum = try compute.scale(first.1, Float(first.0))
        for (weight, tensor) in terms.dropFirst() { sum = try compute.axpby(1, sum, Float(weight), tensor) }
        return sum
    }

    package func reset() {
        before = nil
    }

    /// The stretch between two noise levels.
    private struct Span {
        let sigma: Double
        /// h = λ' - λ; infinite at the clean end.
        let length: Double
        /// Factor of x, s'/s.
        let decay: Double
        /// -α' φ, factor of the clean sample.
        let gain: Double

        init(from sigma: Double, to next: Double) {
            self.sigma = sigma
            let (alpha, nextAlpha) = (1 / (sigma * sigma + 1).squareRoot(), 1 / (next * next + 1).squareRoot())
            length = log(sigma / next)
            decay = next * nextAlpha / (sigma * alpha)
            gain = nextAlpha * (1 - next / sigma)
        }

        /// (λ_older - λ) / h, negative.
        func ratio(to older: Double) -> Double { -log(older / sigma) / length }

        /// b_1 and b_2 of the paper's system of equations.
        var weights: (Double, Double) {
            let phi = expm1(-length)
            let first = phi / -length - 1
            let second = first / -length - 0.5
            return (first / phi, 2 * second / phi)
        }
    }
}
