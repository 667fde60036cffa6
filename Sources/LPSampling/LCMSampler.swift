import Glibc
import LPTensor

/// Latent consistency: each evaluation promises the clean sample, which is made noisy again for the next.
///
/// The steps are taken from those of the distillation, 50 of 1000 (20k - 1); asking for more than 50 makes that grid
/// finer. What is promised is `c_out x0 + c_skip x`, with c_skip = 1/4 / ((10 t)² + 1/4), c_out = 10 t / √((10 t)² + 1/4).
///
/// Reference: Luo et al. 2023 (arXiv 2310.04378); diffusers `LCMScheduler`.
package final class LCMSampler: VariancePreservingSampler {
    package let timesteps: [Double]

    /// Steps of the distillation.
    private static let distilledSteps = 50
    private static let timestepScaling = 10.0
    private static let dataDeviation = 0.5

    let alphaBars: [Double]
    /// The clean sample with a little of x.
    let originals: [LinearForm]
    let compute: Compute
    private let noise: StepNoise

    /// - Throws: `SamplingError` when the schedule has fewer steps than asked for
    package init(_ settings: SamplerSettings, steps count: Int, noise: StepNoise, compute: Compute) throws {
        let schedule = settings.schedule
        guard count >= 1, count <= schedule.trainSteps else {
            throw SamplingError.argument("\(count) steps asked of a schedule of \(schedule.trainSteps)")
        }
        let grid = min(max(Self.distilledSteps, count), schedule.trainSteps)
        let stride = schedule.trainSteps / grid
        timesteps = (0..<count).map { index in
            let place = Int(Double(index) * (Double(grid) / Double(count)))
            return Double((grid - min(place, grid - 1)) * stride - 1)
        }
        alphaBars = timesteps.map(schedule.alphaBar(at:))
        originals = zip(timesteps, alphaBars).map { timestep, bar in
            let scaled = timestep * Self.timestepScaling
            let variance = Self.dataDeviation * Self.dataDeviation
            let total = scaled * scaled + variance
            return (scaled / total.squareRoot()) * settings.prediction.forms(alphaBar: bar).original
                + LinearForm(x: variance / total, prediction: 0)
        }
        self.noise = noise
        self.compute = compute
    }

    package func step(_ x: Tensor, prediction: Tensor, at index: Int) throws -> Tensor {
        let promise = try predictedOriginal(x, prediction: prediction, at: index)
        guard index + 1 < timesteps.count else { return promise }
        return try noised(promise, noise: try noise.tensor(like: x, step: index, compute), at: index + 1, compute)
    }

    package func reset() {}
}
