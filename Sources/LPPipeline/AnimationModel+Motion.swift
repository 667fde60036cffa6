import LPModels
import LPTensor
import LPWeights

/// What a model with a motion head does with the photo's own pixels.
extension AnimationModel {
    /// Whether frame 0 is the photo itself without anybody asking for it.
    var anchorsFirstFrame: Bool {
        configuration.unet.motionHead != nil && configuration.composition.anchorsFirstFrame
    }

    var border: WarpBorder {
        switch configuration.composition.border {
        case .reflect: .reflect
        case .clamp: .clamp
        }
    }

    func motionField(_ motion: MotionOutput) throws -> MotionField {
        guard let head = configuration.unet.denseMotionHead else {
            throw PipelineError.internalError("motion from a model without a motion head")
        }
        return try MotionField(
            motion, flowScale: head.flowScale, lightScale: head.lightScale,
            anchorsFirstFrame: configuration.composition.anchorsFirstFrame)
    }
}
