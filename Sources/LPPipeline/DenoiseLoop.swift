import LPModels
import LPSampling
import LPTensor

/// The denoising of one clip, one step at a time.
final class DenoiseLoop {
    private let denoiser: Denoiser
    private let sampler: any Sampler
    private(set) var latents: Tensor
    /// Steps taken.
    private(set) var step = 0
    /// The sampler's step that the run begins with; above 0 when it starts from the photo.
    private let first: Int
    /// What the network said last; the preview and the decoder read the motion from it.
    private(set) var last: Denoiser.Prediction?
    /// The sampler's estimate of the finished u after the last step, [F, h, w, C].
    private(set) var estimate: Tensor?

    var stepCount: Int { sampler.timesteps.count - first }
    var initialNoiseScale: Double { sampler.initialNoiseScale }
    var space: LatentSpace { denoiser.space }

    /// - Parameters:
    ///   - noise: unit Gaussian u at the last time, [F, h, w, C]
    ///   - steps: how many of the sampler's are taken; fewer than all start from the photo with noise on it
    init(denoiser: Denoiser, sampler: any Sampler, noise: Tensor, steps: Int, _ compute: Compute) throws {
        self.denoiser = denoiser
        self.sampler = sampler
        first = max(sampler.timesteps.count - steps, 0)
        if first == 0 {
            latents = try compute.scale(noise, Float(sampler.initialNoiseScale))
        } else {
            let photo = try compute.gatherFirst(
                try denoiser.space.photo(), [Int](repeating: 0, count: noise.shape.first ?? 0))  // [F, h, w, C]
            latents = try sampler.noised(photo, noise: noise, at: first, compute)
        }
    }

    /// One denoising step. A thrown error (cancellation too) leaves the loop as it was before the step.
    func advance(_ compute: Compute) throws {
        let index = first + step
        guard sampler.timesteps.indices.contains(index) else {
            throw PipelineError.internalError("step \(step) of \(stepCount)")
        }
        let input = try sampler.modelInput(latents, at: index)
        let prediction = try denoiser(input, timestep: sampler.timesteps[index], step: index, compute)
        estimate = try sampler.predictedOriginal(latents, prediction: prediction.output, at: index)
        latents = try sampler.step(latents, prediction: prediction.output, at: index)
        last = prediction
        step += 1
    }
}
