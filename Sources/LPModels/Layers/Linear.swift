import LPTensor
import LPWeights

/// y = act(x Wᵀ + b). Keys `weight` [outputs, inputs], `bias` [outputs].
package struct Linear: Sendable {
    package let weight: Parameter
    package let bias: Tensor?

    /// A 1x1 convolution's weight [outputs, inputs, 1, 1] is accepted too: channels last, the two are the same.
    package init(_ weights: WeightStore.Scope, _ inputs: Int, _ outputs: Int, bias: Bool = true) throws {
        let matrix = [outputs, inputs]
        let isConvolution = weights.shape(of: "weight") == matrix + [1, 1]
        let stored = try weights.parameter("weight", matrix, stored: isConvolution ? matrix + [1, 1] : nil)
        // A small matrix meets few rows at a time, so widening it at each use would tell; a large one would cost memory.
        weight = outputs * inputs <= 1 << 20 ? Parameter(try stored.floats()) : stored
        self.bias = bias ? try weights.tensor("bias", [outputs]) : nil
    }

    /// - Shapes: `x` [..., inputs] -> [..., outputs]
    package func callAsFunction(_ x: Tensor, _ compute: Compute, activation: Activation = .none) throws -> Tensor {
        try compute.linear(x, weight, bias: bias, activation: activation)
    }
}
