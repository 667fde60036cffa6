import LPTensor
import LPWeights

/// One layer of DINOv2: x += λ1 · attention(norm1(x)); x += λ2 · mlp(norm2(x)). Names as in released files.
struct DINOv2Layer: Sendable {
    private let norm1: LayerNorm
    private let query: Linear
    private let key: Linear
    private let value: Linear
    private let output: Linear
    private let scale1: Tensor
    private let norm2: LayerNorm
    private let mlp: DINOv2FeedForward
    private let scale2: Tensor
    private let heads: Int

    init(_ weights: WeightStore.Scope, _ configuration: DINOv2Configuration) throws {
        let width = configuration.hiddenSize
        let attention = weights.scoped("attention")
        norm1 = try LayerNorm(weights.scoped("norm1"), width, epsilon: configuration.epsilon)
        query = try Linear(attention.scoped("attention.query"), width, width)
        key = try Linear(attention.scoped("attention.key"), width, width)
        value = try Linear(attention.scoped("attention.value"), width, width)
        output = try Linear(attention.scoped("output.dense"), width, width)
        scale1 = try weights.tensor("layer_scale1.lambda1", [width])
        norm2 = try LayerNorm(weights.scoped("norm2"), width, epsilon: configuration.epsilon)
        mlp = try DINOv2FeedForward(weights.scoped("mlp"), configuration)
        scale2 = try weights.tensor("layer_scale2.lambda1", [width])
        heads = configuration.heads
    }

    /// - Shapes: `x` [N, L, D] -> the same
    func callAsFunction(_ x: Tensor, _ compute: Compute) throws -> Tensor {
        let normed = try norm1(x, compute)
        let mixed = try compute.attention(
            try query(normed, compute), try key(normed, compute), try value(normed, compute), heads: heads)
        let attended = try Self.adding(x, try output(mixed, compute), scale1)  // [N, L, D]
        return try Self.adding(attended, try mlp(try norm2(attended, compute), compute), scale2)
    }

    /// x + scale · y, channel by channel.
    private static func adding(_ x: Tensor, _ y: Tensor, _ scale: Tensor) throws -> Tensor {
        let result = try Tensor(uninitialized: x.shape)
        let width = scale.count
        for row in 0..<(x.count / width) {
            let (target, first, second) = (
                result.pointer + row * width, x.pointer + row * width, y.pointer + row * width
            )
            for channel in 0..<width { target[channel] = first[channel] + scale.pointer[channel] * second[channel] }
        }
        return result
    }
}

/// `fc1`, GELU, `fc2`; or, in the giant model, SwiGLU with `weights_in` (gate, then value) and `weights_out`.
struct DINOv2FeedForward: Sendable {
    private let first: Linear
    private let second: Linear
    private let inner: Int
    private let isGated: Bool

    init(_ weights: WeightStore.Scope, _ configuration: DINOv2Configuration) throws {
        let width = configuration.hiddenSize
        inner = configuration.intermediateSize
        isGated = configuration.usesSwiGLU
        first = try Linear(weights.scoped(isGated ? "weights_in" : "fc1"), width, isGated ? 2 * inner : inner)
        second = try Linear(weights.scoped(isGated ? "weights_out" : "fc2"), inner, width)
    }

    /// - Shapes: `x` [..., D] -> the same
    func callAsFunction(_ x: Tensor, _ compute: Compute) throws -> Tensor {
        guard isGated else { return try second(try first(x, compute, activation: .gelu), compute) }
        let both = try first(x, compute)  // [..., 2 * inner]
        return try second(try gated(both, compute), compute)
    }

    private func gated(_ both: Tensor, _ compute: Compute) throws -> Tensor {
        let rows = both.count / (2 * inner)
        let result = try Tensor(uninitialized: both.shape.dropLast() + [inner])
        let gate = try Tensor(uninitialized: result.shape)
        for row in 0..<rows {
            (gate.pointer + row * inner).update(from: both.pointer + 2 * row * inner, count: inner)
        }
        let opened = try compute.activate(gate, .silu)  // [..., inner]
        for row in 0..<rows {
            let value = both.pointer + (2 * row + 1) * inner
            let (target, factor) = (result.pointer + row * inner, opened.pointer + row * inner)
            for channel in 0..<inner { target[channel] = factor[channel] * value[channel] }
        }
        return result
    }
}
