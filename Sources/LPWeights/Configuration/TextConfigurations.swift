import LPTensor

/// Activation functions by transformers' names.
package enum ActivationName: String, CaseIterable, Sendable {
    case gelu
    case quickGELU = "quick_gelu"
    case relu
    case silu

    package var activation: Activation {
        switch self {
        case .gelu: .gelu
        case .quickGELU: .quickGELU
        case .relu: .relu
        case .silu: .silu
        }
    }
}

/// CLIP's text transformer.
package struct TextEncoderConfiguration: Sendable {
    package let vocabularySize: Int
    package let hiddenSize: Int
    package let layers: Int
    package let heads: Int
    package let intermediateSize: Int
    package let positions: Int
    package let activation: ActivationName
    package let epsilon: Float

    init(_ settings: SettingsReader) throws {
        vocabularySize = try settings.integer("vocab_size", 3...1_000_000)
        hiddenSize = try settings.integer("hidden_size", Limit.width)
        layers = try settings.integer("num_hidden_layers", Limit.layers)
        heads = try settings.integer("num_attention_heads", Limit.heads)
        intermediateSize = try settings.integer("intermediate_size", Limit.width, default: 4 * min(hiddenSize, 4096))
        positions = try settings.integer("max_position_embeddings", 2...4096)
        activation = try settings.choice("hidden_act", default: .quickGELU)
        epsilon = Float(try settings.real("layer_norm_eps", Limit.epsilon, default: 1e-5))
        try settings.requireDivides("num_attention_heads", heads, [hiddenSize], of: "hidden_size")
    }
}

/// Frame-wise weights of the words (paper section 3.4). Its width is the text encoder's.
package struct TextReweightingConfiguration: Sendable {
    package let layers: Int
    package let heads: Int
    package let intermediateSize: Int
    package let activation: ActivationName
    package let epsilon: Float
    /// Rows of the head: 1 serves every frame, more are spread over the clip.
    package let frames: Int

    init(_ settings: SettingsReader, hiddenSize: Int) throws {
        layers = try settings.integer("num_hidden_layers", 0...256)
        heads = try settings.integer("num_attention_heads", Limit.heads)
        intermediateSize = try settings.integer("intermediate_size", Limit.width, default: 4 * min(hiddenSize, 4096))
        activation = try settings.choice("hidden_act", default: .gelu)
        epsilon = Float(try settings.real("layer_norm_eps", Limit.epsilon, default: 1e-5))
        frames = try settings.integer("frames", 1...4096, default: 1)
        guard hiddenSize % heads == 0 else {
            throw settings.failure(
                "num_attention_heads", "is \(heads), which does not divide the text width \(hiddenSize)")
        }
    }
}
