import LPTensor
import LPWeights

/// Two-dimensional convolution. Keys `weight` [outputs, inputs, kernel, kernel], `bias` [outputs].
package struct Conv2D: Sendable {
    package let weight: ConvolutionWeight
    package let bias: Tensor?
    package let stride: Int
    package let padding: Padding

    /// - Parameter padding: nil keeps the size at stride 1 (kernel / 2 on every side)
    package init(
        _ weights: WeightStore.Scope, _ inputs: Int, _ outputs: Int, kernel: Int = 3, stride: Int = 1,
        padding: Padding? = nil, bias: Bool = true
    ) throws {
        weight = try weights.convolution("weight", [outputs, inputs, kernel, kernel])
        self.bias = bias ? try weights.tensor("bias", [outputs]) : nil
        self.stride = stride
        self.padding = padding ?? .all(kernel / 2)
    }

    /// - Shapes: `x` [N, H, W, inputs] -> [N, H', W', outputs]
    package func callAsFunction(_ x: Tensor, _ compute: Compute, activation: Activation = .none) throws -> Tensor {
        try compute.conv2d(x, weight, bias: bias, stride: stride, padding: padding, activation: activation)
    }
}
