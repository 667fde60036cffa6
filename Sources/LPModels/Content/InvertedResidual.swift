import LPTensor
import LPWeights

/// Widen, look around channel by channel, narrow; with a shortcut where the shape stays.
///
/// Keys `expand` (absent where nothing is widened), `depthwise.weight` [C, 1, k, k], `depthwise.bias`, `project`.
struct InvertedResidual: Sendable {
    let stride: Int
    private let expand: Linear?
    private let depthwise: DepthwiseWeight
    private let bias: Tensor
    private let project: Linear
    private let hasShortcut: Bool

    init(_ weights: WeightStore.Scope, _ block: EfficientNetConfiguration.Block) throws {
        let kernel = block.kernel
        expand = block.expansion > 1 ? try Linear(weights.scoped("expand"), block.inputs, block.inner) : nil
        depthwise = try weights.depthwise("depthwise.weight", [block.inner, 1, kernel, kernel])
        bias = try weights.tensor("depthwise.bias", [block.inner])
        project = try Linear(weights.scoped("project"), block.inner, block.outputs)
        stride = block.stride
        hasShortcut = block.stride == 1 && block.inputs == block.outputs
    }

    /// - Shapes: `x` [N, H, W, inputs] -> [N, ceil(H / stride), ceil(W / stride), outputs]
    func callAsFunction(_ x: Tensor, _ compute: Compute) throws -> Tensor {
        let wide = try expand?(x, compute, activation: .relu6) ?? x  // [N, H, W, inner]
        let padding = Padding.same(
            height: x.shape[1], width: x.shape[2], kernel: depthwise.kernelHeight, stride: stride)
        let seen = try compute.depthwise(
            wide, depthwise, bias: bias, stride: stride, padding: padding, activation: .relu6)  // [N, H', W', inner]
        let narrow = try project(seen, compute)  // [N, H', W', outputs]
        if hasShortcut { try compute.addInPlace(narrow, x) }
        return narrow
    }
}
