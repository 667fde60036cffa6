import LPTensor
import LPWeights

/// Group normalisation. Keys `weight`, `bias` [channels].
package struct GroupNorm: Sendable {
    package let gamma: Tensor
    package let beta: Tensor
    package let groups: Int
    package let epsilon: Float
    package let scope: NormScope

    package init(
        _ weights: WeightStore.Scope, _ channels: Int, groups: Int, epsilon: Float, scope: NormScope = .frame
    ) throws {
        gamma = try weights.tensor("weight", [channels])
        beta = try weights.tensor("bias", [channels])
        self.groups = groups
        self.epsilon = epsilon
        self.scope = scope
    }

    /// - Shapes: `x` [N, H, W, C] -> the same; `scaleShift` [N, 2C] as in `Compute.groupNorm`
    package func callAsFunction(
        _ x: Tensor, _ compute: Compute, scaleShift: Tensor? = nil, activation: Activation = .none
    ) throws -> Tensor {
        try compute.groupNorm(
            x, gamma: gamma, beta: beta, groups: groups, epsilon: epsilon, scope: scope, scaleShift: scaleShift,
            activation: activation)
    }
}

/// Layer normalisation over the last axis. Keys `weight`, `bias` [width].
package struct LayerNorm: Sendable {
    package let gamma: Tensor
    package let beta: Tensor
    package let epsilon: Float

    package init(_ weights: WeightStore.Scope, _ width: Int, epsilon: Float = 1e-5) throws {
        gamma = try weights.tensor("weight", [width])
        beta = try weights.tensor("bias", [width])
        self.epsilon = epsilon
    }

    /// - Shapes: `x` [..., width] -> the same
    package func callAsFunction(_ x: Tensor, _ compute: Compute) throws -> Tensor {
        try compute.layerNorm(x, gamma: gamma, beta: beta, epsilon: epsilon)
    }
}
