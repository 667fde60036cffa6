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
    /// What the motion head makes of the photo and the words, nil if it does not look at them.
    let masks: MaskUNet.Context?
    /// What the motion modules' outputs are multiplied by.
    let motionScale: Float

    /// The context of some of the frames, for a network that sees a long clip in parts.
    ///
    /// - Throws: `TensorError.shape` for a frame that is not there
    package func selecting(_ indices: [Int], _ compute: Compute) throws -> UNetContext {
        // Rows that serve all frames stay one row.
        func select(_ x: Tensor) throws -> Tensor {
            x.shape.first == 1 ? x : try compute.gatherFirst(x, indices)
        }
        return UNetContext(
            frames: indices.count,
            transformers: try transformers.map { context in
                let text = AttentionLayer.KeyValues(
                    keys: try select(context.text.keys), values: try select(context.text.values))
                return TransformerBlock.Context(text: text, content: context.content)
            },
            conditioning: try conditioning.map { try compute.gatherFirst($0, indices) }, script: script,
            masks: masks, motionScale: motionScale)
    }
}
