import Glibc
import LPTensor

/// DPM-Solver++ of second order, multistep, midpoint.
///
/// The first and the last step are of first order, all between of second, whatever their number: the end is σ = 0, as
/// with diffusers' `final_sigmas_type` "zero". With α = 1/√(σ² + 1), s = σ α, λ = ln α - ln s = -ln σ, a step of second
/// order is `x' = (s'/s) x + α' (1 - e^-h) (x0 + (x0 - x0_before) / (2 r))`, h = λ' - λ, r = (λ - λ_before) / h, and
/// e^-h is σ'/σ.
///
/// Reference: Lu et al. 2022 (arXiv 2211.01095) algorithm 2; diffusers `DPMSolverMultistepScheduler`.
package final class DPMSolverPlusPlus2M: VariancePreservingSampler {
    package let timesteps: [Double]

    let alphaBars: [Double]
    let originals: [LinearForm]
    let compute: Compute
    /// σ of every step, and 0.
    private let sigmas: [Double]
    /// The clean sample that the step before promised.
    private var before: (index: Int, original: Tensor)?

    /// - Parameter karras: noise levels of Karras et al. in place of those of the schedule's spacing
    /// - Throws: `SamplingError` when the schedule has fewer steps than asked for
    package init(_ settings: SamplerSettings, steps count: Int, karras: Bool = false, compute: Compute) throws {
        let spaced = try settings.timesteps(count, family: .multistep)
        let visited: [Double]
        if karras {
            let levels = KarrasSigmas(
                settings.schedule, count: count, roundsDown: settings.schedule.betas == .squaredCosine)
            timesteps = levels.timesteps
            visited = levels.sigmas
        } else {
            timesteps = spaced
            visited = spaced.map { settings.schedule.sigma(at: $0) }
        }
        sigmas = visited + [0]
        alphaBars = visited.map { 1 / ($0 * $0 + 1) }
        originals = alphaBars.map { settings.prediction.forms(alphaBar: $0).original }
        self.compute = compute
    }

    package func step(_ x: Tensor, prediction: Tensor, at index: Int) throws -> Tensor {
        let original = try predictedOriginal(x, prediction: prediction, at: index)
        let weights = weights(at: index)
        var next = try compute.axpby(Float(weights.x), x, Float(weights.original), original)
        if let before, weights.before != 0 {
            next = try compute.axpby(1, next, Float(weights.before), before.original)
        }
        before = (index, original)
        return next
    }

    /// Factors of x, the promised clean sample, and the one promised a step before.
    private func weights(at index: Int) -> (x: Double, original: Double, before: Double) {
        let sigma = sigmas[index]
        let next = sigmas[index + 1]
        let decay = next / sigma
        let alpha = 1 / (sigma * sigma + 1).squareRoot()
        let nextAlpha = 1 / (next * next + 1).squareRoot()
        let scale = decay * nextAlpha / alpha
        let gain = nextAlpha * (1 - decay)
        guard index > 0, index + 1 < timesteps.count, let before, before.index == index - 1 else {
            return (scale, gain, 0)
        }
        let span = log(sigma / next)
        let spanBefore = log(sigmas[index - 1] / sigma)
        // Two equal steps in a row (as many steps as training had, rounded) leave no slope to use.
        guard spanBefore > 0, span > 0 else { return (scale, gain, 0) }
        let slope = gain * span / (2 * spanBefore)
        return (scale, gain + slope, -slope)
    }

    package func reset() {
        before = nil
    }
}
