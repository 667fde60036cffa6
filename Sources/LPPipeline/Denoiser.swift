import LPModels
import LPSampling
import LPTensor

/// One evaluation of the network: noisy u and time in, prediction out, with guidance and the motion head's move of the photo.
///
/// Letters: F frames, H x W working pixels, h x w latent cells, C latent channels.
struct Denoiser {
    /// What one evaluation says.
    struct Prediction {
        /// In the scheduler's prediction type, [F, h, w, C]; u0 itself when the model has a motion head.
        let output: Tensor
        /// Where the photo's points went; nil without a motion head.
        let motion: MotionOutput?
        /// Scaled latents of the moved photo, [F, h, w, C]; nil without a motion head.
        let base: Tensor?
        /// What moves and where, of a layered motion head.
        var layers: LayerPrediction?
    }

    let model: AnimationModel
    let space: LatentSpace
    let input: ConditionedInput
    /// [1, H, W, 3] in 0...1
    let workingPhoto: Tensor
    /// The sentence.
    let positive: UNetContext
    /// The negative prompt, nil when guidance is 1.
    let negative: UNetContext?
    let guidance: Guidance
    /// The parts in which the network sees the clip; nil when it sees all of it at once.
    var windows: ContextWindows?
    /// Where in the clip the frames stand.
    let times: ClipTimes
    /// One still frame, for the inversion of the photo: the base is the photo's own latent.
    var isStill = false

    /// - Parameters:
    ///   - noisy: u at `timestep`, as the sampler hands it to the network, [F, h, w, C]
    ///   - timestep: 0...999, may be fractional
    ///   - step: of the run, from 0; moves the windows
    func callAsFunction(
        _ noisy: Tensor, timestep: Double, step: Int = 0, _ compute: Compute
    ) throws -> Prediction {
        let conditioned = try input(noisy, compute)  // [F, h, w, channels]
        let time = Float(timestep)
        var output = try evaluate(conditioned, time, positive, step, compute)
        if let negative {
            let unguided = try evaluate(conditioned, time, negative, step, compute)
            output = try guided(positive: output, negative: unguided, compute)
        }
        if let logits = output.maskLogits, let script = output.script {
            return try layered(output.prediction, LayerPrediction(script: script.settled(), masks: LayerMasks(logits: logits)), compute)
        }
        guard let motion = output.motion else {
            return Prediction(output: output.prediction, motion: nil, base: nil)
        }
        return try moved(output.prediction, motion, compute)
    }

    /// out = n + g (p - n) on the prediction and on the motion alike.
    private func guided(positive: UNetOutput, negative: UNetOutput, _ compute: Compute) throws -> UNetOutput {
        let prediction = try guidance.combined(negative: negative.prediction, positive: positive.prediction, compute: compute)
        var motion: MotionOutput?
        if let with = positive.motion, let without = negative.motion {
            let plain = Guidance(scale: guidance.scale)
            motion = MotionOutput(
                dense: try plain.combined(negative: without.dense, positive: with.dense, compute: compute),
                affine: try plain.combined(negative: without.affine, positive: with.affine, compute: compute))
        }
        var logits: Tensor?
        if let with = positive.maskLogits, let without = negative.maskLogits {
            logits = try Guidance(scale: guidance.scale).combined(negative: without, positive: with, compute: compute)
        }
        var script: MotionScript?
        if let with = positive.script, let without = negative.script {
            script = MotionScript.guided(positive: with, negative: without, scale: Float(guidance.scale))
        }
        return UNetOutput(prediction: prediction, motion: motion, maskLogits: logits, script: script)
    }

    /// u0 = the photo moved in layers, encoded, plus new content.
    private func layered(_ residual: Tensor, _ layers: LayerPrediction, _ compute: Compute) throws -> Prediction {
        let base: Tensor
        if isStill {
            base = space.reference  // [1, h, w, C]
        } else {
            let photo = try LayerCutter(layers: layers).quick(workingPhoto, compute)
            let moments = (0..<residual.shape[0]).map { layers.script.frame(at: times($0), loops: times.loops) }
            let photos = try photo.frames(moments, bicubic: false, compute)  // [F, H, W, 3]
            base = try space.autoencoder.encode(PixelRange.signed(photos, compute), compute)  // [F, h, w, C]
        }
        let output = try withBase(base, residual, compute)
        return Prediction(output: output, motion: nil, base: base, layers: layers)
    }

    /// The network's residual on top of the moved photo.
    private func withBase(_ base: Tensor, _ residual: Tensor, _ compute: Compute) throws -> Tensor {
        let gain = space.configuration.residualGain
        let output = try compute.axpby(1, try space.variable(base, compute), gain, residual)
        if model.configuration.composition.anchorsFirstFrame, !isStill, !times.loops {
            let photo = try space.photo()
            output.pointer.update(from: photo.pointer, count: photo.count)
        }
        return output
    }

    /// u0 = the moved photo, encoded, plus what the move does not explain.
    private func moved(_ residual: Tensor, _ motion: MotionOutput, _ compute: Compute) throws -> Prediction {
        let base: Tensor
        if isStill {
            base = space.reference  // [1, h, w, C]
        } else {
            let photos = try model.motionField(motion).move(
                workingPhoto, frames: 0..<residual.shape[0], mode: .bilinear, border: model.border, compute)  // [F, H, W, 3]
            base = try space.autoencoder.encode(PixelRange.signed(photos, compute), compute)  // [F, h, w, C]
        }
        let output = try withBase(base, residual, compute)
        return Prediction(output: output, motion: motion, base: base)
    }
}
