import LPTensor
import LPWeights

/// Attention over time: the values of one cell in all frames are one sequence.
///
/// One frame alone passes unchanged, so that an image model stays what it is.
/// Reference: AnimateDiff's motion module as diffusers `AnimateDiffTransformer3D` (two self-attentions, positions added
/// after their norms). Keys as in diffusers' MotionAdapter.
package struct MotionModule: Sendable {
    private let norm: GroupNorm
    private let input: Linear
    private let norm1: LayerNorm
    private let attention1: AttentionLayer
    private let norm2: LayerNorm
    private let attention2: AttentionLayer
    private let norm3: LayerNorm
    private let feedForward: FeedForward
    private let output: Linear
    private let positions: TemporalPositions

    package init(
        _ weights: WeightStore.Scope, width: Int, heads: Int, groups: Int, scope: NormScope,
        positions: TemporalPositions
    ) throws {
        norm = try GroupNorm(weights.scoped("norm"), width, groups: groups, epsilon: 1e-6, scope: scope)
        input = try Linear(weights.scoped("proj_in"), width, width)
        let block = weights.scoped("transformer_blocks", 0)
        norm1 = try LayerNorm(block.scoped("norm1"), width)
        attention1 = try AttentionLayer(block.scoped("attn1"), width: width, heads: heads)
        norm2 = try LayerNorm(block.scoped("norm2"), width)
        attention2 = try AttentionLayer(block.scoped("attn2"), width: width, heads: heads)
        norm3 = try LayerNorm(block.scoped("norm3"), width)
        feedForward = try FeedForward(block.scoped("ff"), width: width)
        output = try Linear(weights.scoped("proj_out"), width, width)
        self.positions = positions
    }

    /// - Shapes: `x` [F, h, w, C] -> the same
    package func callAsFunction(_ x: Tensor, _ compute: Compute) throws -> Tensor {
        let (frames, height, width, channels) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3])
        guard frames > 1 else { return x }
        try compute.checkCancelled()
        let table = try positions.table(frames: frames, channels: channels)  // [F, C]
        var tokens = try norm(x, compute).reshaped([frames, height * width, channels])
        tokens = try input(try compute.swapFirstTwo(tokens), compute)  // [h w, F, C]
        for (norm, attention) in [(norm1, attention1), (norm2, attention2)] {
            let placed = try place(try norm(tokens, compute), table, compute)
            try compute.addInPlace(tokens, try attention(placed, compute))
            try compute.checkCancelled()
        }
        try compute.addInPlace(tokens, try feedForward(try norm3(tokens, compute), compute))
        tokens = try compute.swapFirstTwo(try output(tokens, compute))  // [F, h w, C]
        let y = try tokens.reshaped(x.shape)
        try compute.addInPlace(y, x)
        return y
    }

    /// Adds each frame's position: one row of F x C values for every cell.
    private func place(_ tokens: Tensor, _ table: Tensor, _ compute: Compute) throws -> Tensor {
        let cells = tokens.shape[0]
        let rows = try tokens.reshaped([1, cells, table.count])  // [1, h w, F C]
        return try compute.addRows(rows, try table.reshaped([1, table.count])).reshaped(tokens.shape)
    }
}
