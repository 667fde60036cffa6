import LPTensor
import LPWeights

/// The network that looks at what is in the photo, whichever of the kinds it is, with the photo's preparation.
package enum ContentEncoder: Sendable {
    case dinov2(DINOv2Encoder, DINOv2Configuration)
    case efficientNet(EfficientNetEncoder, ColourStatistics)

    /// - Throws: `WeightError` if a tensor is missing or has another shape than the configuration says.
    package init(_ weights: WeightStore.Scope, _ configuration: ContentEncoderConfiguration) throws {
        switch configuration {
        case .dinov2(let settings): self = .dinov2(try DINOv2Encoder(weights, settings), settings)
        case .efficientNet(let settings):
            self = .efficientNet(try EfficientNetEncoder(weights, settings), settings.colours)
        }
    }

    /// - Shapes: `photo` [1, H, W, 3] in 0...1, any size
    package func callAsFunction(_ photo: Tensor, _ compute: Compute) throws -> ContentFeatures {
        switch self {
        case .dinov2(let network, let settings):
            let image = try ContentPreprocessing.prepare(photo, settings, compute)
            return ContentFeatures(tokens: try network(image, compute), pyramid: nil)
        case .efficientNet(let network, let colours):
            return try network(try ContentPreprocessing.prepare(photo, colours), compute)
        }
    }
}
