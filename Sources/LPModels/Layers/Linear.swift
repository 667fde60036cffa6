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
        // A small matrix meets few rows at a time, so widening it at each use would tell; a large one would cost memory, and so
        // would the many of a mapped file.
        weight = !stored.isMapped && outputs * inputs <= 1 << 20 ? Parameter(try stored.floats()) : stored
        self.bias = bias ? try weights.tensor("bias", [outputs]) : nil
    }

    private init(weight: Parameter, bias: Tensor?) {
        self.weight = weight
        self.bias = bias
    }

    /// The same layer with its weights as floats, for a caller that uses it several times in a row.
    package func widened(_ compute: Compute) throws -> Linear {
        Linear(weight: Parameter(try compute.widened(weight)), bias: bias)
    }

    /// - Shapes: `x` [..., inputs] -> [..., outputs]
    package func callAsFunction(_ x: Tensor, _ compute: Compute, activation: Activation = .none) throws -> Tensor {
        try compute.linear(x, weight, bias: bias, activation: activation)
    }
}
