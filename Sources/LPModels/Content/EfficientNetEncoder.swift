import LPTensor
import LPWeights

/// EfficientNet-Lite: a pyramid of features of what is in the photo, from fine and plain to coarse and meaningful.
///
/// Batch norms are folded into the convolutions, as a finished network has them. Keys `stem`, `blocks.N`, `head`. See "Content
/// encoder" in Models/FORMAT.md.
package struct EfficientNetEncoder: Sendable {
    private let stem: Conv2D
    private let blocks: [InvertedResidual]
    private let head: Linear

    package init(_ weights: WeightStore.Scope, _ configuration: EfficientNetConfiguration) throws {
        stem = try Conv2D(
            weights.scoped("stem"), 3, configuration.stemChannels, stride: 2, padding: .zero)
        blocks = try configuration.blocks.enumerated().map { try InvertedResidual(weights.scoped("blocks", $0), $1) }
        head = try Linear(weights.scoped("head"), configuration.tokenWidth, configuration.headChannels)
    }

    /// - Shapes: `image` [N, H, W, 3], normalised -> tokens [N, ceil(H / 32) ceil(W / 32), last block's channels], row by row;
    ///   pyramid as in `ContentFeatures`
    package func callAsFunction(_ image: Tensor, _ compute: Compute) throws -> ContentFeatures {
        guard image.shape.count == 4, image.shape[3] == 3, image.shape.allSatisfy({ $0 > 0 }) else {
            throw TensorError.shape("an image of shape \(image.shape) for the content encoder")
        }
        let padding = Padding.same(height: image.shape[1], width: image.shape[2], kernel: 3, stride: stem.stride)
        var hidden = try compute.conv2d(
            image, stem.weight, bias: stem.bias, stride: stem.stride, padding: padding, activation: .relu6)
        var pyramid: [Tensor] = []
        for block in blocks {
            if block.stride > 1 { pyramid.append(hidden) }
            hidden = try block(hidden, compute)
        }
        pyramid.append(hidden)
        pyramid.append(try head(hidden, compute, activation: .relu6))
        let cells = hidden.shape[1] * hidden.shape[2]
        return ContentFeatures(
            tokens: try hidden.reshaped([hidden.shape[0], cells, hidden.shape[3]]), pyramid: pyramid)
    }
}
