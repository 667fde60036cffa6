import LPTensor
import LPWeights

/// Single-head attention over the cells of one image, with biases everywhere.
///
/// Reference: diffusers `Attention` in `UNetMidBlock2D`. Keys `group_norm`, `to_q`, `to_k`, `to_v`, `to_out.0`; old files
/// call the last four `query`, `key`, `value`, `proj_attn`.
struct VAEAttention: Sendable {
    private let norm: GroupNorm
    private let query: Linear
    private let key: Linear
    private let value: Linear
    private let output: Linear

    init(_ weights: WeightStore.Scope, _ channels: Int, groups: Int) throws {
        func layer(_ name: String, _ old: String) throws -> Linear {
            try Linear(weights.scoped(weights.has("\(old).weight") ? old : name), channels, channels)
        }
        norm = try GroupNorm(weights.scoped("group_norm"), channels, groups: groups, epsilon: 1e-6)
        query = try layer("to_q", "query")
        key = try layer("to_k", "key")
        value = try layer("to_v", "value")
        output = try layer("to_out.0", "proj_attn")
    }

    /// - Shapes: `x` [N, h, w, C] -> the same
    func callAsFunction(_ x: Tensor, _ compute: Compute) throws -> Tensor {
        try compute.checkCancelled()
        let normed = try norm(x, compute).reshaped([x.shape[0], x.shape[1] * x.shape[2], x.shape[3]])  // [N, h w, C]
        let mixed = try compute.attention(
            try query(normed, compute), try key(normed, compute), try value(normed, compute), heads: 1)
        let y = try output(mixed, compute).reshaped(x.shape)  // [N, h, w, C]
        try compute.addInPlace(y, x)
        return y
    }
}
