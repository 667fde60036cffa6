import CLPKernels
import LPTensor
import LPWeights

/// Attention over time: the values of one cell in all frames are one sequence.
///
/// One frame alone passes unchanged, so that an image model stays what it is.
/// Reference: AnimateDiff's motion module as diffusers `AnimateDiffTransformer3D` (two self-attentions, positions added
/// after their norms). Keys as in diffusers' MotionAdapter.
package struct MotionModule: Sendable {
    private let norm: GroupNorm
    private var input: Linear
    private let norm1: LayerNorm
    private var attention1: AttentionLayer
    private let norm2: LayerNorm
    private var attention2: AttentionLayer
    private let norm3: LayerNorm
    private var feedForward: FeedForward
    private var output: Linear
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

    /// - Parameter scale: factor of what is added to `x`; 1 is as trained
    /// - Shapes: `x` [F, h, w, C] -> the same
    package func callAsFunction(_ x: Tensor, scale: Float = 1, _ compute: Compute) throws -> Tensor {
        let (frames, cells, channels) = (x.shape[0], x.shape[1] * x.shape[2], x.shape[3])
        guard frames > 1 else { return x }
        try compute.checkCancelled()
        let table = try positions.table(frames: frames, channels: channels)  // [F, C]
        let normed = try norm(x, compute).reshaped([frames, cells, channels])
        // Cells do not know of each other. Where there are many, a few at a time go through all of the module on one
        // thread, in its cache.
        let step = max(256 / frames, 1)
        if channels <= 512, cells >= 8 * step {
            let y = try Tensor(uninitialized: x.shape)
            let module = try widened(compute)
            try compute.parallel((cells + step - 1) / step) { tile in
                let run = tile * step..<min(tile * step + step, cells)
                let tokens = try module.attend(try Self.gather(normed, run), table, scale, compute)  // [n, F, C]
                Self.scatter(tokens, adding: x, run, cells: cells, to: y)
            }
            return y
        }
        let tokens = try attend(try compute.swapFirstTwo(normed), table, scale, compute)  // [h w, F, C]
        let y = try compute.swapFirstTwo(tokens).reshaped(x.shape)  // [F, h, w, C]
        try compute.addInPlace(y, x)
        return y
    }

    /// The same module with its weights as floats, so that the tiles need not widen them one by one.
    private func widened(_ compute: Compute) throws -> MotionModule {
        var module = self
        module.input = try input.widened(compute)
        module.attention1 = try attention1.widened(compute)
        module.attention2 = try attention2.widened(compute)
        module.feedForward = try feedForward.widened(compute)
        module.output = try output.widened(compute)
        return module
    }

    /// - Shapes: `x` [cells, F, C], `table` [F, C] -> [cells, F, C]
    private func attend(_ x: Tensor, _ table: Tensor, _ scale: Float, _ compute: Compute) throws -> Tensor {
        let tokens = try input(x, compute)
        for (norm, attention) in [(norm1, attention1), (norm2, attention2)] {
            let placed = try place(try norm(tokens, compute), table, compute)
            try compute.addInPlace(tokens, try attention(placed, compute))
            try compute.checkCancelled()
        }
        try compute.addInPlace(tokens, try feedForward(try norm3(tokens, compute), compute))
        let added = try output(tokens, compute)
        return scale == 1 ? added : try compute.scale(added, scale)
    }

    /// Adds each frame's position: one row of F x C values for every cell.
    private func place(_ tokens: Tensor, _ table: Tensor, _ compute: Compute) throws -> Tensor {
        let cells = tokens.shape[0]
        let rows = try tokens.reshaped([1, cells, table.count])  // [1, cells, F C]
        return try compute.addRows(rows, try table.reshaped([1, table.count])).reshaped(tokens.shape)
    }

    /// [F, h w, C] -> [n, F, C] of a run of cells.
    private static func gather(_ x: Tensor, _ run: Range<Int>) throws -> Tensor {
        let (frames, cells, channels) = (x.shape[0], x.shape[1], x.shape[2])
        let tokens = try Tensor(uninitialized: [run.count, frames, channels])
        for frame in 0..<frames {
            clp_copy_rows(
                x.pointer + (frame * cells + run.lowerBound) * channels, channels, tokens.pointer + frame * channels,
                frames * channels, run.count, channels)
        }
        return tokens
    }

    /// y = x + tokens in a run of cells. Shapes: `tokens` [n, F, C]; `x`, `y` [F, h, w, C]
    private static func scatter(_ tokens: Tensor, adding x: Tensor, _ run: Range<Int>, cells: Int, to y: Tensor) {
        let (frames, channels) = (tokens.shape[1], tokens.shape[2])
        for frame in 0..<frames {
            for (index, cell) in run.enumerated() {
                let place = (frame * cells + cell) * channels
                let token = tokens.pointer + (index * frames + frame) * channels
                clp_add(x.pointer + place, token, y.pointer + place, channels)
            }
        }
    }
}
