import LPTensor
import LPWeights

/// y = act(x Wᵀ + b). Keys `weight` [outputs, inputs], `bias` [outputs].
package struct Linear: Sendable {
    package let weight: Parameter
    package let bias: Tensor?

    /// A 1x1 convolution's weight [outputs, inputs, 1, 1] is accepted too: channels last, the two are the same.
    package init(_ weights: WeightStore.Scope, _ inputs: Int, _ outputs: Int, bias: Bool = true) throws {
        let matrix = [outputs, inputs]
        if weights.shape(of: "weight") == matrix + [1, 1] {
            weight = try weights.parameter("weight", matrix, stored: matrix + [1, 1])
        } else {
            weight = try weights.parameter("weight", matrix)
        }
        self.bias = bias ? try weights.tensor("bias", [outputs]) : nil
    }

    /// - Shapes: `x` [..., inputs] -> [..., outputs]
    package func callAsFunction(_ x: Tensor, _ compute: Compute, activation: Activation = .none) throws -> Tensor {
        try compute.linear(x, weight, bias: bias, activation: activation)
    }
}
