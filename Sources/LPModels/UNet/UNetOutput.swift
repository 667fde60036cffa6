import LPTensor

/// What one forward pass gives.
package struct UNetOutput: Sendable {
    /// Prediction in latent cells, [F, h, w, C].
    package let prediction: Tensor
    /// The motion of the picture point by point, nil if the model has no dense motion head.
    package let motion: MotionOutput?
    /// Logits of the layers' masks, [rows, columns, 3], nil if the model has no layered motion head.
    package let maskLogits: Tensor?
    /// What the words ask for, nil if the model has no layered motion head.
    package let script: MotionScript?

    package init(prediction: Tensor, motion: MotionOutput?, maskLogits: Tensor? = nil, script: MotionScript? = nil) {
        self.prediction = prediction
        self.motion = motion
        self.maskLogits = maskLogits
        self.script = script
    }
}
