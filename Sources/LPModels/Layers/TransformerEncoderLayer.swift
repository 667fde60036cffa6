import LPTensor
import LPWeights

/// Pre-norm transformer layer with CLIP's keys: `self_attn.{q,k,v,out}_proj`, `layer_norm1`, `layer_norm2`,
/// `mlp.fc1`, `mlp.fc2`; biases everywhere.
package struct TransformerEncoderLayer: Sendable {
    private let norm1: LayerNorm
    private let query: Linear
    private let key: Linear
    private let value: Linear
    private let output: Linear
    private let norm2: LayerNorm
    private let first: Linear
    private let second: Linear
    private let heads: Int
    private let causal: Bool
    private let activation: Activation

    package init(
        _ weights: WeightStore.Scope, width: Int, heads: Int, intermediate: Int, epsilon: Float, causal: Bool,
        activation: Activation
    ) throws {
        norm1 = try LayerNorm(weights.scoped("layer_norm1"), width, epsilon: epsilon)
        query = try Linear(weights.scoped("self_attn.q_proj"), width, width)
        key = try Linear(weights.scoped("self_attn.k_proj"), width, width)
        value = try Linear(weights.scoped("self_attn.v_proj"), width, width)
        output = try Linear(weights.scoped("self_attn.out_proj"), width, width)
        norm2 = try LayerNorm(weights.scoped("layer_norm2"), width, epsilon: epsilon)
        first = try Linear(weights.scoped("mlp.fc1"), width, intermediate)
        second = try Linear(weights.scoped("mlp.fc2"), intermediate, width)
        self.heads = heads
        self.causal = causal
        self.activation = activation
    }

    /// - Shapes: `x` [B, L, width] -> the same
    package func callAsFunction(_ x: Tensor, _ compute: Compute) throws -> Tensor {
        let normed = try norm1(x, compute)
        let mixed = try compute.attention(
            try query(normed, compute), try key(normed, compute), try value(normed, compute), heads: heads,
            causal: causal)  // [B, L, width]
        let attended = try compute.add(x, try output(mixed, compute))
        let hidden = try first(try norm2(attended, compute), compute, activation: activation)  // [B, L, intermediate]
        return try compute.add(attended, try second(hidden, compute))
    }
}
