/// AutoencoderKL of diffusers, with an optional linear path beside it.
package struct VAEConfiguration: Sendable {
    package let inputChannels: Int
    package let outputChannels: Int
    package let latentChannels: Int
    package let blockChannels: [Int]
    package let layersPerBlock: Int
    package let normGroups: Int
    package let midBlockAttention: Bool
    package let usesQuantConvolution: Bool
    package let usesPostQuantConvolution: Bool
    package let scalingFactor: Float
    /// The file has `encoder.*`.
    package let hasEncoder: Bool
    package let linearPath: Bool
    /// Side in pixels of the squares that larger images go through the network in; nil takes any image whole.
    package let tile: Int?

    /// Pixels per latent cell and side.
    package var factor: Int { 1 << (blockChannels.count - 1) }

    init(_ settings: SettingsReader) throws {
        inputChannels = try settings.integer("in_channels", 3...3, default: 3)
        outputChannels = try settings.integer("out_channels", 3...3, default: 3)
        latentChannels = try settings.integer("latent_channels", 1...256, default: 4)
        blockChannels = try settings.integers("block_out_channels", count: 1...6, Limit.width)
        layersPerBlock = try settings.integer("layers_per_block", 1...16, default: 1)
        normGroups = try settings.integer("norm_num_groups", 1...16384, default: 32)
        midBlockAttention = try settings.flag("mid_block_add_attention", default: true)
        usesQuantConvolution = try settings.flag("use_quant_conv", default: true)
        usesPostQuantConvolution = try settings.flag("use_post_quant_conv", default: true)
        scalingFactor = Float(try settings.real("scaling_factor", 1e-4...1e4, default: 0.18215))
        hasEncoder = try settings.flag("kl_encoder", default: true)
        linearPath = try settings.flag("linear_path", default: false)
        try settings.requireDivides("norm_num_groups", normGroups, blockChannels, of: "block_out_channels")
        // Neighbours share a quarter, which has to be whole cells.
        let quarters = 4 << (blockChannels.count - 1)
        tile = settings.value("tile") == nil ? nil : try settings.integer("tile", quarters...8192)
        if let tile, tile % quarters != 0 {
            throw settings.failure("tile", "is \(tile), not a multiple of four latent cells' \(quarters) pixels")
        }
        guard hasEncoder || linearPath else {
            throw settings.failure("kl_encoder", "is false and 'vae.linear_path' too: nothing would encode the photo")
        }
    }
}
