import LPModels
import LPPipeline
import LPSampling
import LPTensor
import LPWeights

/// Every sampler for ten steps, the network's output taken as it is.
struct SamplerRuns {
    private static let steps = 10
    /// Of what the ancestral and the consistency sampler add.
    private static let seed: UInt64 = 42

    let unet: UNet
    let context: UNetContext
    /// Unit Gaussian, [F, h, w, C]
    let noise: Tensor
    let scheduler: SchedulerConfiguration

    /// - Returns: where each ends, in the order of `SamplerKind`, [samplers, F, h, w, C]
    func callAsFunction(_ compute: Compute) throws -> Tensor {
        let ends = try SamplerKind.allCases.map { try run($0, compute).reshaped([1] + noise.shape) }
        return try compute.concatFirst(ends)
    }

    private func run(_ kind: SamplerKind, _ compute: Compute) throws -> Tensor {
        let sampler = try kind.make(
            try SamplerSettings(scheduler), steps: Self.steps, noise: StepNoise(seed: Self.seed), compute)
        var x = try compute.scale(noise, Float(sampler.initialNoiseScale))
        for (index, timestep) in sampler.timesteps.enumerated() {
            let input = try sampler.modelInput(x, at: index)
            let output = try unet(input, timestep: Float(timestep), context, compute)
            x = try sampler.step(x, prediction: output.prediction, at: index)
        }
        return x
    }
}
