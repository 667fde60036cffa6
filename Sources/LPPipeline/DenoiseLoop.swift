import LPModels
import LPSampling
import LPTensor

/// The denoising of one clip, one step at a time.
final class DenoiseLoop {
    private let denoiser: Denoiser
    private let sampler: any Sampler
    private(set) var latents: Tensor
    private(set) var step = 0
    /// What the network said last; the preview and the decoder read the motion from it.
    private(set) var last: Denoiser.Prediction?
    /// The sampler's estimate of the finished u after the last step, [F, h, w, C].
    private(set) var estimate: Tensor?

    var stepCount: Int { sampler.timesteps.count }
    var initialNoiseScale: Double { sampler.initialNoiseScale }
    var space: LatentSpace { denoiser.space }

    /// - Parameter noise: unit Gaussian u at the last time, [F, h, w, C]
    init(denoiser: Denoiser, sampler: any Sampler, noise: Tensor, _ compute: Compute) throws {
        self.denoiser = denoiser
        self.sampler = sampler
        latents = try compute.scale(noise, Float(sampler.initialNoiseScale))
    }

    /// One denoising step. A thrown error (cancellation too) leaves the loop as it was before the step.
    func advance(_ compute: Compute) throws {
        let input = try sampler.modelInput(latents, at: step)
        let prediction = try denoiser(input, timestep: sampler.timesteps[step], compute)
        estimate = try sampler.predictedOriginal(latents, prediction: prediction.output, at: step)
        latents = try sampler.step(latents, prediction: prediction.output, at: step)
        last = prediction
        step += 1
    }
}
