import LPTensor

/// DDIM run backwards: from a clean sample to the noise that would lead to it.
///
/// Each step goes up to the next of the sampler's own timesteps; the network is evaluated at that *target* step while x
/// still is at the level below it.
///
/// Reference: LivePhoto section 3.2; diffusers `DDIMInverseScheduler` without clipping. For networks that predict
/// the sample, the noise is `(x - √ᾱ x0) / √(1-ᾱ)`, undefined at the clean end, so ᾱ counts as at most 0.99 there.
package struct DDIMInverter: Sendable {
    /// Training steps to evaluate the network at, rising.
    package let timesteps: [Double]
    private let steps: [LinearForm]

    /// ᾱ at most, where noise is derived from a predicted sample.
    package static let cleanestAlphaBar = 0.99

    /// - Parameter timesteps: those of the sampler that will run afterwards, in any order
    /// - Throws: `SamplingError.argument` when there are none, or one outside the schedule
    package init(_ settings: SamplerSettings, timesteps sampled: [Double]) throws {
        let schedule = settings.schedule
        let limit = Double(schedule.trainSteps - 1)
        guard !sampled.isEmpty, sampled.count <= schedule.trainSteps,
            sampled.allSatisfy({ $0 >= 0 && $0 <= limit })
        else {
            throw SamplingError.argument("timesteps of an inversion must lie in the schedule of \(schedule.trainSteps)")
        }
        timesteps = sampled.sorted()
        let stride = Double(schedule.trainSteps / sampled.count)
        steps = timesteps.map { target in
            var current = schedule.alphaBar(at: target - stride)
            if settings.prediction == .sample {
                current = min(current, Self.cleanestAlphaBar)
            }
            let form = settings.prediction.forms(alphaBar: current)
            let bar = schedule.alphaBar(at: target)
            return bar.squareRoot() * form.original + (1 - bar).squareRoot() * form.noise
        }
    }

    /// x one level up, from the network's output at `timesteps[index]`.
    ///
    /// - Throws: `SamplingError.argument` for an index out of range, `TensorError`
    package func step(_ x: Tensor, prediction: Tensor, at index: Int, compute: Compute) throws -> Tensor {
        guard steps.indices.contains(index) else {
            throw SamplingError.argument("step \(index) of \(steps.count)")
        }
        return try steps[index].applied(x, prediction, compute: compute)
    }
}
