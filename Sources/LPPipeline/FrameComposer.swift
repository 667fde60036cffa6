import LPModels
import LPTensor
import LPWeights

/// From the last latents to pixels at the photo's own size.
///
/// With a motion head the photo's own pixels are moved and the decoder only adds what the move does not explain; without one
/// the frame is what the decoder says.
/// - Reference: Models/FORMAT.md, "Working size and composition".
struct FrameComposer {
    let model: AnimationModel
    let space: LatentSpace
    /// The sampler's estimate of the clean u, [F, h, w, C]. After the last step it is the clip; x itself may stop short of clean when
    /// the number of steps does not divide the schedule.
    let variable: Tensor
    let prediction: Denoiser.Prediction
    /// A preview: the tiny autoencoder is good enough, where the model has one and the frame is all decoded.
    var isPreview = false

    /// Letters: H x W the frame's size, Hw x Ww the working size, h x w latent cells, C latent channels.
    ///
    /// - Parameters:
    ///   - photo: the photo at the frame's size, [1, H, W, 3] in 0...1
    ///   - moved: what a layered motion head makes of it; nil for models with another head or none
    /// - Returns: frame `index`, [1, H, W, 3]; values may leave 0...1
    func frame(_ index: Int, photo: Tensor, moved: Tensor?, _ compute: Compute) throws -> Tensor {
        let (height, width) = (photo.shape[1], photo.shape[2])
        let range = index..<index + 1
        if let moved, space.configuration.residualGain == 0 { return moved }
        let latents = try space.latents(variable.slice(range), compute)  // [1, h, w, C]
        guard let base = prediction.base else {
            let quick = isPreview ? model.tinyAutoencoder : nil
            let decoded = try quick?.decode(latents, compute) ?? space.autoencoder.decode(latents, compute)
            let pixels = try PixelRange.unsigned(decoded, compute)
            clamp(pixels)
            return try compute.resizeBilinear(pixels, height: height, width: width, antialias: false)  // [1, H, W, 3]
        }
        let decoded = try space.autoencoder.decode(latents, compute)  // [1, Hw, Ww, 3]
        let decodedBase = try space.autoencoder.decode(base.slice(range), compute)  // [1, Hw, Ww, 3]
        let residual = try compute.axpby(0.5, decoded, -0.5, decodedBase)
        threshold(residual)
        let added = try compute.resizeBilinear(residual, height: height, width: width, antialias: false)  // [1, H, W, 3]
        let moved = try moved ?? dense(index, photo, compute)  // [1, H, W, 3]
        try compute.addInPlace(moved, added)
        return moved
    }

    /// The photo moved by a dense motion head.
    private func dense(_ index: Int, _ photo: Tensor, _ compute: Compute) throws -> Tensor {
        guard let motion = prediction.motion else { throw PipelineError.internalError("a base without a motion") }
        return try model.motionField(motion).move(photo, frame: index, mode: .bicubic, border: model.border, compute)
    }

    private func clamp(_ pixels: Tensor) {
        for index in 0..<pixels.count { pixels.pointer[index] = min(max(pixels.pointer[index], 0), 1) }
    }

    /// Shrinks every value towards 0 by the model's threshold, so that the decoder's noise does not touch pixels that the move explains.
    private func threshold(_ residual: Tensor) {
        let limit = model.configuration.composition.residualThreshold
        for index in 0..<residual.count {
            let value = residual.pointer[index]
            residual.pointer[index] = value > limit ? value - limit : value < -limit ? value + limit : 0
        }
    }
}
