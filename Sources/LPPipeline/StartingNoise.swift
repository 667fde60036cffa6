import LPModels
import LPSampling
import LPTensor

/// The noise that a run starts from: Gaussian, with the photo's inversion mixed in (paper section 3.3, equation 6).
struct StartingNoise {
    let model: AnimationModel
    let parameters: PipelineParameters
    let settings: SamplerSettings
    /// The sampler's own times.
    let timesteps: [Double]

    /// - Parameters:
    ///   - space: the photo's latent space
    ///   - still: denoiser of a one-frame clip with an empty prompt
    /// - Returns: u at the last time, [F, h, w, C]
    func callAsFunction(_ space: LatentSpace, still: () throws -> Denoiser, _ compute: Compute) throws -> Tensor {
        let shape = space.reference.shape
        let noise = try PhiloxNoise(seed: parameters.seed)
            .tensor(
                frames: parameters.frames, frameShape: Array(shape.dropFirst()),
                zeroMean: model.configuration.conditioning.usesZeroMeanNoise, compute: compute)  // [F, h, w, C]
        guard let prior = model.configuration.prior else { return noise }
        let inverted: Tensor
        switch prior.mode {
        case .off: return noise
        case .latent: inverted = try space.photo()
        case .ddim: inverted = try invert(space, still(), compute)
        }
        return try PriorInversion(
            first: prior.alphaFirst, last: prior.alphaLast, variancePreserving: prior.preservesVariance
        ).mixed(inverted: inverted, noise: noise, compute: compute)
    }

    /// Runs the sampler's times upwards from the photo to noise, as a clip of one frame.
    private func invert(_ space: LatentSpace, _ denoiser: Denoiser, _ compute: Compute) throws -> Tensor {
        let inverter = try DDIMInverter(settings, timesteps: timesteps)
        var u = try space.photo()  // [1, h, w, C]
        for index in inverter.timesteps.indices {
            try compute.checkCancelled()
            let prediction = try denoiser(u, timestep: inverter.timesteps[index], compute)
            u = try inverter.step(u, prediction: prediction.output, at: index, compute: compute)
        }
        return u
    }
}
