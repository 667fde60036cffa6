import LPTensor

/// What one forward pass gives.
package struct UNetOutput: Sendable {
    /// Prediction in latent cells, [F, h, w, C].
    package let prediction: Tensor
    /// The motion of the picture, nil if the model has no motion head.
    package let motion: MotionOutput?

    package init(prediction: Tensor, motion: MotionOutput?) {
        self.prediction = prediction
        self.motion = motion
    }
}
