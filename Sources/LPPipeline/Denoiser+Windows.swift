import LPModels
import LPSampling
import LPTensor

/// A clip that the network sees in parts.
extension Denoiser {
    /// The network's output for all frames: one pass, or one for each window with the overlaps mixed.
    ///
    /// - Parameters:
    ///   - conditioned: [F, h, w, channels]
    ///   - step: of the run, from 0
    func evaluate(
        _ conditioned: Tensor, _ timestep: Float, _ context: UNetContext, _ step: Int, _ compute: Compute
    ) throws -> UNetOutput {
        guard let windows else { return try model.unet(conditioned, timestep: timestep, context, compute) }
        let cells = Array(conditioned.shape[1...2])
        let sum = try Tensor(zeros: [conditioned.shape[0]] + cells + [model.unet.configuration.outputChannels])
        var total = [Float](repeating: 0, count: conditioned.shape[0])
        let size = sum.count / max(total.count, 1)
        for frames in windows.stretches(step: step) {
            let part = try model.unet(
                try compute.gatherFirst(conditioned, frames), timestep: timestep,
                try context.selecting(frames, compute), compute
            ).prediction  // [window, h, w, C]
            for (index, (frame, weight)) in zip(frames, windows.weights).enumerated() {
                total[frame] += weight
                let (target, source) = (sum.pointer + frame * size, part.pointer + index * size)
                for place in 0..<size { target[place] += weight * source[place] }
            }
        }
        for (frame, weight) in total.enumerated() where weight > 0 {
            for place in 0..<size { sum.pointer[frame * size + place] /= weight }
        }
        return UNetOutput(prediction: sum, motion: nil)  // [F, h, w, C]
    }
}

extension ContextWindows {
    /// The windows of a run, nil where the network takes the clip at once.
    init?(_ model: AnimationModel, _ parameters: PipelineParameters) throws {
        let configuration = model.configuration
        guard configuration.unet.usesMotionModules, configuration.unet.motionHead == nil, parameters.frames > 1,
            parameters.loops || parameters.frames > configuration.frames.window
        else { return nil }
        try self.init(
            frames: parameters.frames, length: configuration.frames.window, overlap: configuration.frames.overlap,
            isClosed: parameters.loops)
    }

    /// Frames that go through the network in a step, each as often as a window holds it.
    var framesPerStep: Int { stretches(step: 0).count * length }
}
