import LPTensor
import LPWeights

/// Multi-head attention with diffusers' keys: `to_q`, `to_k`, `to_v` (no bias), `to_out.0` (bias).
package struct AttentionLayer: Sendable {
    /// Keys and values of one context, to be used for many queries (text and image tokens stay the same over all
    /// denoising steps).
    package struct KeyValues: Sendable {
        package let keys: Tensor  // [B, L, width]
        package let values: Tensor  // [B, L, width]
    }

    private let query: Linear
    private let key: Linear
    private let value: Linear
    private let output: Linear
    package let heads: Int

    /// - Parameters:
    ///   - width: of the tokens that ask; `heads` divides it
    ///   - contextWidth: of the tokens that are looked at; nil is self-attention
    package init(
        _ weights: WeightStore.Scope, width: Int, contextWidth: Int? = nil, heads: Int
    ) throws {
        let context = contextWidth ?? width
        query = try Linear(weights.scoped("to_q"), width, width, bias: false)
        key = try Linear(weights.scoped("to_k"), context, width, bias: false)
        value = try Linear(weights.scoped("to_v"), context, width, bias: false)
        output = try Linear(weights.scoped("to_out.0"), width, width)
        self.heads = heads
    }

    private init(query: Linear, key: Linear, value: Linear, output: Linear, heads: Int) {
        self.query = query
        self.key = key
        self.value = value
        self.output = output
        self.heads = heads
    }

    func widened(_ compute: Compute) throws -> AttentionLayer {
        AttentionLayer(
            query: try query.widened(compute), key: try key.widened(compute), value: try value.widened(compute),
            output: try output.widened(compute), heads: heads)
    }

    /// - Shapes: `context` [B, L, contextWidth]
    package func keyValues(_ context: Tensor, _ compute: Compute) throws -> KeyValues {
        KeyValues(keys: try key(context, compute), values: try value(context, compute))
    }

    /// Self-attention, or attention to `context`.
    ///
    /// - Shapes: `x` [B, Lq, width], `context` [Bk, Lk, contextWidth] with Bk dividing B -> [B, Lq, width]
    package func callAsFunction(_ x: Tensor, context: Tensor? = nil, _ compute: Compute) throws -> Tensor {
        try self(x, try keyValues(context ?? x, compute), compute)
    }

    package func callAsFunction(_ x: Tensor, _ context: KeyValues, _ compute: Compute) throws -> Tensor {
        let queries = try query(x, compute)  // [B, Lq, width]
        let mixed = try compute.attention(queries, context.keys, context.values, heads: heads)  // [B, Lq, width]
        return try output(mixed, compute)
    }
}
