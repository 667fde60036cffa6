import LPTensor
import LPWeights

/// Reads the motion and the light of every frame off the UNet's last features. Our addition.
///
/// Keys `norm`, `conv_1`, `conv_2` (dense part), `affine_1`, `affine_2` (whole-picture part).
package struct MotionHead: Sendable {
    private let norm: GroupNorm
    private let conv1: Conv2D
    private let conv2: Conv2D
    private let affine1: Linear
    private let affine2: Linear
    private let upscale: Int

    package init(
        _ weights: WeightStore.Scope, channels: Int, embedding: Int, _ configuration: DenseHeadConfiguration,
        groups: Int, epsilon: Float
    ) throws {
        let (hidden, r) = (configuration.hiddenChannels, configuration.upscale)
        norm = try GroupNorm(weights.scoped("norm"), channels, groups: groups, epsilon: epsilon)
        conv1 = try Conv2D(weights.scoped("conv_1"), channels, hidden)
        conv2 = try Conv2D(weights.scoped("conv_2"), hidden, 3 * r * r)
        affine1 = try Linear(weights.scoped("affine_1"), embedding, hidden)
        affine2 = try Linear(weights.scoped("affine_2"), hidden, 9)
        upscale = r
    }

    /// - Shapes: `x` [F, h, w, C]; `embedding` [F or 1, E], SiLU already applied
    package func callAsFunction(_ x: Tensor, embedding: Tensor, _ compute: Compute) throws -> MotionOutput {
        try compute.checkCancelled()
        let hidden = try conv1(try norm(x, compute, activation: .silu), compute, activation: .silu)  // [F, h, w, m]
        let dense = try compute.pixelShuffle(try conv2(hidden, compute), factor: upscale)  // [F, r h, r w, 3]
        let affine = try affine2(try affine1(embedding, compute, activation: .silu), compute)  // [F or 1, 9]
        return MotionOutput(dense: dense, affine: try affine.repeated(x.shape[0]))
    }
}
