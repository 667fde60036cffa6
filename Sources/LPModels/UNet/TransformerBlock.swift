import LPTensor
import LPWeights

/// Self-attention, attention to the text, attention to the picture's content (our addition), gated feed-forward; each
/// with a norm before it and a residual around it.
///
/// Reference: diffusers `BasicTransformerBlock`; content attention: paper section 3.2, keys `norm_img`, `attn_img`.
package struct TransformerBlock: Sendable {
    /// Keys and values of the text and content tokens, which stay the same over all steps of a run.
    package struct Context: Sendable {
        package let text: AttentionLayer.KeyValues  // [F or 1, L, C]
        package let content: AttentionLayer.KeyValues?  // [1, n, C]
    }

    private let norm1: LayerNorm
    private let selfAttention: AttentionLayer
    private let norm2: LayerNorm
    private let textAttention: AttentionLayer
    private let contentNorm: LayerNorm?
    private let contentAttention: AttentionLayer?
    private let norm3: LayerNorm
    private let feedForward: FeedForward

    /// - Parameters:
    ///   - contextWidth: of the text and the projected content tokens
    ///   - content: whether there is an attention to content tokens
    package init(
        _ weights: WeightStore.Scope, width: Int, contextWidth: Int, heads: Int, content: Bool
    ) throws {
        norm1 = try LayerNorm(weights.scoped("norm1"), width)
        selfAttention = try AttentionLayer(weights.scoped("attn1"), width: width, heads: heads)
        norm2 = try LayerNorm(weights.scoped("norm2"), width)
        textAttention = try AttentionLayer(
            weights.scoped("attn2"), width: width, contextWidth: contextWidth, heads: heads)
        contentNorm = content ? try LayerNorm(weights.scoped("norm_img"), width) : nil
        contentAttention =
            content
            ? try AttentionLayer(weights.scoped("attn_img"), width: width, contextWidth: contextWidth, heads: heads)
            : nil
        norm3 = try LayerNorm(weights.scoped("norm3"), width)
        feedForward = try FeedForward(weights.scoped("ff"), width: width)
    }

    /// - Shapes: `text` [F or 1, L, D], `content` [1, n, D]
    package func context(text: Tensor, content: Tensor?, _ compute: Compute) throws -> Context {
        var contentKeyValues: AttentionLayer.KeyValues?
        if let contentAttention {
            guard let content else { throw TensorError.shape("this UNet needs content tokens") }
            contentKeyValues = try contentAttention.keyValues(content, compute)
        }
        return Context(text: try textAttention.keyValues(text, compute), content: contentKeyValues)
    }

    /// - Shapes: `x` [F, h w, C] -> the same
    package func callAsFunction(_ x: Tensor, _ context: Context, _ compute: Compute) throws -> Tensor {
        let y = try selfAttention(try norm1(x, compute), compute)
        try compute.addInPlace(y, x)
        try compute.checkCancelled()
        try compute.addInPlace(y, try textAttention(try norm2(y, compute), context.text, compute))
        if let contentNorm, let contentAttention, let content = context.content {
            try compute.addInPlace(y, try contentAttention(try contentNorm(y, compute), content, compute))
        }
        try compute.checkCancelled()
        try compute.addInPlace(y, try feedForward(try norm3(y, compute), compute))
        return y
    }
}
