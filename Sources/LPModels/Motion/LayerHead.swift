import LPTensor
import LPWeights

/// Says where the named object and the moving region are, and how near everything is. Our addition.
///
/// Keys `norm`, `conv_1`, `masks`; the words' part is `MotionProgram`.
package struct LayerHead: Sendable {
    private let norm: GroupNorm
    private let conv1: Conv2D
    private let masks: Conv2D
    private let upscale: Int

    package init(
        _ weights: WeightStore.Scope, channels: Int, _ configuration: MotionHeadConfiguration, groups: Int, epsilon: Float
    ) throws {
        let (hidden, r) = (configuration.hiddenChannels, configuration.upscale)
        norm = try GroupNorm(weights.scoped("norm"), channels, groups: groups, epsilon: epsilon)
        conv1 = try Conv2D(weights.scoped("conv_1"), channels, hidden)
        masks = try Conv2D(weights.scoped("masks"), hidden, 3 * r * r)
        upscale = r
    }

    /// Every frame has its say on the masks: they are of the photo, not of a frame.
    ///
    /// - Shapes: `x` [F, h, w, C] -> logits of object, region and depth [r h, r w, 3]
    package func callAsFunction(_ x: Tensor, _ compute: Compute) throws -> Tensor {
        try compute.checkCancelled()
        let hidden = try conv1(try norm(x, compute, activation: .silu), compute, activation: .silu)  // [F, h, w, m]
        let logits = try compute.pixelShuffle(try masks(hidden, compute), factor: upscale)  // [F, r h, r w, 3]
        let count = logits.count / max(logits.shape[0], 1)
        let mean = try Tensor(zeros: Array(logits.shape.dropFirst()))
        for frame in 0..<logits.shape[0] {
            for index in 0..<count { mean.pointer[index] += logits.pointer[frame * count + index] }
        }
        for index in 0..<count { mean.pointer[index] /= Float(logits.shape[0]) }
        return mean
    }
}
