/// DINOv2 and how the photo is prepared for it.
package struct DINOv2Configuration: Sendable {
    package enum Resize: String, CaseIterable, Sendable {
        /// Both sides to the image size.
        case stretch
        /// Shortest side to the image size, then the centre square.
        case crop
    }

    package let hiddenSize: Int
    package let layers: Int
    package let heads: Int
    /// Inner width of the feed-forward; with `usesSwiGLU` the width of each of its two halves.
    package let intermediateSize: Int
    package let patchSize: Int
    package let imageSize: Int
    package let epsilon: Float
    package let registerTokens: Int
    package let usesSwiGLU: Bool
    package let resize: Resize
    package let colours: ColourStatistics

    /// Patches per side.
    package var grid: Int { imageSize / patchSize }

    init(_ settings: SettingsReader) throws {
        hiddenSize = try settings.integer("hidden_size", Limit.width)
        layers = try settings.integer("num_hidden_layers", Limit.layers)
        heads = try settings.integer("num_attention_heads", Limit.heads)
        patchSize = try settings.integer("patch_size", 1...256, default: 14)
        imageSize = try settings.integer("image_size", 1...2048)
        epsilon = Float(try settings.real("layer_norm_eps", Limit.epsilon, default: 1e-6))
        registerTokens = try settings.integer("num_register_tokens", 0...256, default: 0)
        usesSwiGLU = try settings.flag("use_swiglu_ffn", default: false)
        resize = try settings.choice("resize", default: .stretch)
        colours = try ColourStatistics(settings, mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225])
        let ratio = try settings.real("mlp_ratio", 0.01...64, default: 4)
        let inner = Int(Double(hiddenSize) * ratio)
        guard inner >= 1 else { throw settings.failure("mlp_ratio", "is too small") }
        // DINOv2 keeps the parameter count: two thirds of the width, rounded up to a multiple of 8.
        intermediateSize = usesSwiGLU ? (Int(Double(inner) * 2 / 3) + 7) / 8 * 8 : inner
        try settings.requireDivides("num_attention_heads", heads, [hiddenSize], of: "hidden_size")
        try settings.requireDivides("patch_size", patchSize, [imageSize], of: "image_size")
        guard imageSize / patchSize <= 256 else {
            throw settings.failure("image_size", "gives more than 256 patches a side")
        }
    }
}
