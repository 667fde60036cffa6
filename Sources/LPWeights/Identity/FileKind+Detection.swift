extension FileKind {
    /// Looks at names and shapes only; no value is read.
    ///
    /// - Parameters:
    ///   - shapes: by the names in the file
    ///   - positions: rows of the position table, where a file beside the weights tells (diffusers' adapters have no table)
    package init(_ shapes: [String: [Int]], positions: Int? = nil) {
        let names = FileNames(shapes)
        self =
            FileKind.lowRank(names) ?? FileKind.foreign(names) ?? FileKind.checkpoint(names)
            ?? FileKind.conditioner(names, positions: positions) ?? FileKind.unet(names) ?? FileKind.motion(
                names, positions: positions)
            ?? FileKind.smaller(names) ?? .unknown
    }

    private static func lowRank(_ names: FileNames) -> FileKind? {
        guard names.all.contains(where: LowRankNames.isLowRank) else { return nil }
        if names.all.contains(where: { $0.includes("motion_modules.") }) { return .lowRank(.motion) }
        let isKohya = names.all.contains { $0.hasPrefix("lora_unet_") || $0.hasPrefix("lora_te") }
        return .lowRank(isKohya ? .kohya : .diffusers)
    }

    /// Relatives that would otherwise be taken for what they resemble.
    private static func foreign(_ names: FileNames) -> FileKind? {
        if names.has("ip_adapter.") { return .unsupported("an IP-Adapter") }
        if names.has("controlnet_cond_embedding.") || names.has("controlnet_down_blocks.")
            || names.has("control_model.")
        {
            return .unsupported("a ControlNet or SparseCtrl encoder")
        }
        if names.has("conditioner.embedders.") { return .unsupported("a Stable Diffusion XL checkpoint") }
        if names.has("cond_stage_model.model.") { return .unsupported("a Stable Diffusion 2 checkpoint") }
        if names.has("add_embedding.") || names.has("model.diffusion_model.label_emb.") {
            return .unsupported("a UNet of Stable Diffusion XL")
        }
        if names.has("transformer_blocks.") && names.has("time_text_embed.") {
            return .unsupported("a diffusion transformer")
        }
        if names.has("model.diffusion_model.double_blocks.") || names.has("double_blocks.") {
            return .unsupported("a Flux model")
        }
        return nil
    }

    private static func checkpoint(_ names: FileNames) -> FileKind? {
        let unet = "model.diffusion_model."
        guard let inputs = names.inputs("\(unet)input_blocks.0.0.weight") else { return nil }
        return .checkpoint(
            inputs: inputs,
            hasAutoencoder: names.has("first_stage_model.decoder.") || names.has("vae.decoder."),
            hasText: names.has("cond_stage_model.transformer."))
    }

    /// Files that go over a UNet: motion modules with an input convolution of their own.
    private static func conditioner(_ names: FileNames, positions: Int?) -> FileKind? {
        let isOurs =
            names.has("content_proj.") || names.has("text_reweight.")
            || names.all.contains { $0.includes(".attn_img.") }
        let isWholeUNet = names.has("time_embedding.")
        if isOurs, !isWholeUNet { return .livePhotoAdapter }
        guard names.hasMotion, let inputs = names.inputs("conv_in.weight") else { return nil }
        // PIA's own file may carry more of a UNet; diffusers' whole video UNet names its modules without this part.
        let isOriginal = names.all.contains { $0.includes(".temporal_transformer.") }
        guard isOriginal || !isWholeUNet else { return nil }
        switch inputs {
        case 9: return .pia
        case 10: return .livePhotoAdapter
        default: return isWholeUNet ? motion(names, positions: positions) : nil
        }
    }

    private static func unet(_ names: FileNames) -> FileKind? {
        if names.has("time_embedding."), let inputs = names.inputs("conv_in.weight"), names.has("up_blocks.") {
            return .unet(inputs: inputs, layout: .diffusers, hasMotion: names.hasMotion)
        }
        if names.has("time_embed."), let inputs = names.inputs("input_blocks.0.0.weight") {
            return .unet(inputs: inputs, layout: .singleFile, hasMotion: false)
        }
        return nil
    }

    private static func motion(_ names: FileNames, positions: Int?) -> FileKind? {
        guard names.hasMotion else { return nil }
        let table = names.all.first { MotionNames.isPositionTable($0) }.flatMap { names.shape($0) }
        let rows = table.flatMap { $0.count > 1 ? $0[$0.count - 2] : nil } ?? positions
        if names.has("mid_block.motion_modules.") {
            let isOriginal = names.all.contains { $0.includes(".temporal_transformer.") }
            return .motionModule(isOriginal && table == nil ? .lcm : .v2)
        }
        return .motionModule(rows == 24 ? .v1 : .v3)
    }

    private static func smaller(_ names: FileNames) -> FileKind? {
        if names.has("decoder.conv_in.") && (names.has("decoder.mid_block.") || names.has("decoder.up_blocks.")) {
            return .autoencoder(.diffusers)
        }
        for root in ["", "first_stage_model.", "vae."] where names.has("\(root)decoder.mid.") {
            return .autoencoder(.singleFile)
        }
        if names.all.contains(where: { TextNames.network($0) == "embeddings.token_embedding.weight" }) {
            return .textEncoder
        }
        if let kernel = names.shape("embeddings.patch_embeddings.projection.weight"), let width = kernel.first,
            names.has("encoder.layer.0.layer_scale1.")
        {
            return .contentEncoder(width: width)
        }
        if names.inputs("stem.weight") == 3, names.inputs("blocks.0.depthwise.weight") == 1, names.has("head.weight") {
            return .efficientNet(blocks: names.all.count { $0.hasPrefix("blocks.") && $0.hasSuffix(".depthwise.weight") })
        }
        switch TinyAutoencoderNames.half(names.shapes) {
        case .encoder where names.has("2.conv."), .encoder where names.has("1.conv."): return .tinyAutoencoder(.encoder)
        case .decoder where names.has("3.conv."): return .tinyAutoencoder(.decoder)
        default: break
        }
        let halves = (names.has("encoder.layers.1.conv."), names.has("decoder.layers.2.conv."))
        switch halves {
        case (true, true): return .tinyAutoencoder(.both)
        case (true, false): return .tinyAutoencoder(.encoder)
        case (false, true): return .tinyAutoencoder(.decoder)
        case (false, false): return nil
        }
    }
}

/// Names of a file, with the questions that telling its kind asks. `module.`, which training on several processors leaves
/// before every name, counts as not there.
struct FileNames {
    let shapes: [String: [Int]]
    let all: [String]

    init(_ shapes: [String: [Int]]) {
        self.shapes = Dictionary(
            shapes.map { ($0.key.dropping(prefix: "module.") ?? $0.key, $0.value) },
            uniquingKeysWith: { first, _ in first })
        all = self.shapes.keys.sorted()
    }

    func has(_ prefix: String) -> Bool {
        // Sorted by value, the names with a prefix stand together from where the prefix itself would be.
        var (low, high) = (0, all.count)
        while low < high {
            let middle = (low + high) / 2
            if all[middle] < prefix { low = middle + 1 } else { high = middle }
        }
        return low < all.count && all[low].hasPrefix(prefix)
    }

    func shape(_ name: String) -> [Int]? { shapes[name] }

    /// Input channels of a convolution.
    func inputs(_ name: String) -> Int? {
        guard let shape = shapes[name], shape.count == 4 else { return nil }
        return shape[1]
    }

    var hasMotion: Bool { all.contains { $0.includes("motion_modules.") } }
}
