import LPTensor

/// Everything of a run that stays the same over its steps: keys and values of the text and content tokens in every
/// attention layer, and the part of the embedding that does not depend on the time step.
///
/// Made by `UNet.context`, for one number of frames and one intensity level. Immutable.
package struct UNetContext: Sendable {
    package let frames: Int
    /// In the order of the forward pass.
    let transformers: [TransformerBlock.Context]
    /// [F, E], nil if the model has no conditioning embedding.
    let conditioning: Tensor?
    /// What the words ask for, nil without a layered motion head.
    let script: MotionScript?
}
