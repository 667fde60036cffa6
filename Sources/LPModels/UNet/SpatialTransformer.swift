import LPTensor
import LPWeights

/// A transformer block over the cells of each frame.
///
/// Reference: diffusers `Transformer2DModel`. Keys `norm`, `proj_in`, `transformer_blocks.0`, `proj_out`; the projections
/// are 1x1 convolutions or linear layers, which are the same with channels last.
package struct SpatialTransformer: Sendable {
    private let norm: GroupNorm
    private let input: Linear
    private let block: TransformerBlock
    private let output: Linear

    /// - Parameters as in `TransformerBlock`; `groups` of the norm at its entrance
    package init(
        _ weights: WeightStore.Scope, width: Int, contextWidth: Int, heads: Int, groups: Int, content: Bool
    ) throws {
        norm = try GroupNorm(weights.scoped("norm"), width, groups: groups, epsilon: 1e-6)
        input = try Linear(weights.scoped("proj_in"), width, width)
        block = try TransformerBlock(
            weights.scoped("transformer_blocks", 0), width: width, contextWidth: contextWidth, heads: heads,
            content: content)
        output = try Linear(weights.scoped("proj_out"), width, width)
    }

    package func context(text: Tensor, content: Tensor?, _ compute: Compute) throws -> TransformerBlock.Context {
        try block.context(text: text, content: content, compute)
    }

    /// - Shapes: `x` [F, h, w, C] -> the same
    package func callAsFunction(_ x: Tensor, _ context: TransformerBlock.Context, _ compute: Compute) throws -> Tensor {
        try compute.checkCancelled()
        let (frames, height, width, channels) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3])
        var tokens = try norm(x, compute).reshaped([frames, height * width, channels])  // [F, h w, C]
        tokens = try block(try input(tokens, compute), context, compute)
        let y = try output(tokens, compute).reshaped(x.shape)  // [F, h, w, C]
        try compute.addInPlace(y, x)
        return y
    }
}
