import LPModels
import LPTensor
import LPWeights

/// Between pixels, scaled latents z and the variable u that the sampler steps on.
///
/// u is z itself, or the scaled difference to the photo's latent r0: `u = (z - r0) / residual_scale`.
/// - Reference: Models/FORMAT.md, "What the sampler steps on".
struct LatentSpace {
    let autoencoder: Autoencoder
    let configuration: ConditioningConfiguration
    /// Scaled latent of the working photo, [1, h, w, C].
    let reference: Tensor

    /// The photo itself as u, [1, h, w, C].
    func photo() throws -> Tensor {
        switch configuration.latentSpace {
        case .latent: reference
        case .residual: try Tensor(zeros: reference.shape)
        }
    }

    /// [F, h, w, C] scaled latents -> u
    func variable(_ latents: Tensor, _ compute: Compute) throws -> Tensor {
        guard configuration.latentSpace == .residual else { return latents }
        let inverse = 1 / configuration.residualScale
        return try combine(latents, inverse, -inverse, compute)
    }

    /// [F, h, w, C] u -> scaled latents
    func latents(_ variable: Tensor, _ compute: Compute) throws -> Tensor {
        guard configuration.latentSpace == .residual else { return variable }
        return try combine(variable, configuration.residualScale, 1, compute)
    }

    /// a * x + b * r0, the reference repeated over the frames.
    private func combine(_ x: Tensor, _ a: Float, _ b: Float, _ compute: Compute) throws -> Tensor {
        let result = try Tensor(uninitialized: x.shape)
        try compute.parallel(x.shape[0]) { frame in
            let offset = frame * reference.count
            for index in 0..<reference.count {
                result.pointer[offset + index] = a * x.pointer[offset + index] + b * reference.pointer[index]
            }
        }
        return result
    }
}
