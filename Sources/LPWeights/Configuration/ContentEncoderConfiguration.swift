/// The network that looks at what is in the photo.
package enum ContentEncoderConfiguration: Sendable {
    private enum Kind: String, CaseIterable { case dinov2, efficientnet }

    case dinov2(DINOv2Configuration)
    case efficientNet(EfficientNetConfiguration)

    init(_ settings: SettingsReader) throws {
        switch try settings.choice("type", default: Kind.dinov2) {
        case .dinov2: self = .dinov2(try DINOv2Configuration(settings))
        case .efficientnet: self = .efficientNet(try EfficientNetConfiguration(settings))
        }
    }

    /// Width of a token.
    package var tokenWidth: Int {
        switch self {
        case .dinov2(let settings): settings.hiddenSize
        case .efficientNet(let settings): settings.tokenWidth
        }
    }

    /// The key that says how wide a token is.
    var tokenWidthKey: String {
        switch self {
        case .dinov2: "content_encoder.hidden_size"
        case .efficientNet: "content_encoder.stages"
        }
    }

    /// Channels of the pyramid's features, nil for a network that has none.
    package var pyramidChannels: [Int]? {
        guard case .efficientNet(let settings) = self else { return nil }
        return settings.pyramidChannels
    }

    /// Number of tokens of a photo of that many working pixels.
    package func tokens(height: Int, width: Int) -> Int {
        switch self {
        case .dinov2(let settings): settings.grid * settings.grid
        case .efficientNet: ((height + 31) / 32) * ((width + 31) / 32)
        }
    }
}
