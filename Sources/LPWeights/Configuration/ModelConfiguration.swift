/// Everything in a model's config.json, checked: sizes are positive and bounded, heads divide widths, groups divide
/// channels, the input layout adds up, numbers are finite. Code that is given a `ModelConfiguration` may compute with
/// its sizes without looking for overflow or division by zero.
///
/// Unknown keys are ignored. The file's format is described in Models/FORMAT.md.
package struct ModelConfiguration: Sendable {
    package static let version = 1

    package let name: String
    package let license: String
    package let frames: FramesConfiguration
    package let working: WorkingSizeConfiguration
    /// Tokens of a prompt, with its start and end marks.
    package let tokenizerLength: Int
    package let textEncoder: TextEncoderConfiguration
    package let textReweighting: TextReweightingConfiguration?
    package let contentEncoder: ContentEncoderConfiguration?
    package let vae: VAEConfiguration
    package let unet: UNetConfiguration
    package let scheduler: SchedulerConfiguration
    package let conditioning: ConditioningConfiguration
    package let prior: PriorConfiguration?
    package let intensity: IntensityConfiguration
    package let composition: CompositionConfiguration
    package let defaults: DefaultsConfiguration

    /// - Parameter json: the bytes of config.json
    /// - Throws: `WeightError.setting` naming the key, `WeightError.format` if the text is not JSON
    package init(json: [UInt8], path: String = "config.json") throws {
        try self.init(try Self.document(json: json, path: path))
    }

    /// The text as JSON, not yet looked at.
    static func document(json: [UInt8], path: String) throws -> JSONValue {
        do {
            return try JSONParser.parse(json, limits: JSONParser.Limits(bytes: 1 << 20, depth: 16, values: 1 << 16))
        } catch let error as JSONError {
            throw WeightError.format(path: path, offset: error.offset, reason: "not valid JSON: \(error.reason)")
        }
    }

    init(_ document: JSONValue) throws {
        let settings = try SettingsReader(document)
        try Self.checkFormat(settings)
        name = try settings.text("name", default: "unnamed", limit: 256)
        license = try settings.text("license", default: "")
        frames = try FramesConfiguration(try settings.section("frames"))
        vae = try VAEConfiguration(try settings.section("vae"))
        working = try WorkingSizeConfiguration(try settings.section("working"), factor: vae.factor)
        textEncoder = try TextEncoderConfiguration(try settings.section("text_encoder"))
        tokenizerLength = try Self.tokenizerLength(settings, positions: textEncoder.positions)
        let textWidth = textEncoder.hiddenSize
        textReweighting = try settings.optionalSection("text_reweighting").map {
            try TextReweightingConfiguration($0, hiddenSize: textWidth)
        }
        contentEncoder = try settings.optionalSection("content_encoder").map(ContentEncoderConfiguration.init)
        unet = try UNetConfiguration(try settings.section("unet"), pyramid: contentEncoder?.pyramidChannels)
        scheduler = try SchedulerConfiguration(try settings.section("scheduler"))
        conditioning = try ConditioningConfiguration(
            try settings.section("conditioning"), latentChannels: vae.latentChannels,
            inputChannels: unet.inputChannels, embedsLevel: unet.conditioningEmbedding.level)
        prior = try settings.optionalSection("prior").map(PriorConfiguration.init)
        intensity = try IntensityConfiguration(try settings.section("intensity"))
        composition = try CompositionConfiguration(try settings.optionalSection("composition"))
        defaults = try DefaultsConfiguration(
            try settings.optionalSection("defaults"), usesAffinity: conditioning.affinity != nil)
        try checkNetworksFit()
    }

    /// Frames of the longest clip: what does not fit the network at once goes through it in windows, unless the clip's
    /// motion is told for all frames together.
    package var longestClip: Int {
        let usesWindows = unet.usesMotionModules && unet.motionHead == nil
        return usesWindows ? max(frames.maximum, Self.longestWindowedClip) : frames.maximum
    }

    private static let longestWindowedClip = 128

    private static func checkFormat(_ settings: SettingsReader) throws {
        guard let format = settings.value("format") else {
            throw settings.failure("format", "is missing: this is another kind of model")
        }
        guard format == .string("livephoto") else {
            let shown = format.string.map { "\"\($0.prefix(80))\"" } ?? format.kind
            throw settings.failure("format", "is \(shown): this is another kind of model")
        }
        let version = try settings.integer("version", 1...Int.max)
        guard version <= Self.version else {
            throw settings.failure(
                "version", "is \(version): the model needs a newer version of this library, which reads \(Self.version)"
            )
        }
    }

    private static func tokenizerLength(_ settings: SettingsReader, positions: Int) throws -> Int {
        guard let section = try settings.optionalSection("tokenizer") else { return positions }
        return try section.integer("max_length", 2...positions, default: positions)
    }

    private func checkNetworksFit() throws {
        func fail(_ key: String, _ reason: String) -> WeightError { .setting(key: key, reason: reason) }
        guard unet.outputChannels == vae.latentChannels else {
            throw fail("unet.out_channels", "is \(unet.outputChannels); 'vae.latent_channels' is \(vae.latentChannels)")
        }
        guard unet.crossAttentionWidth == textEncoder.hiddenSize else {
            throw fail(
                "unet.cross_attention_dim",
                "is \(unet.crossAttentionWidth); 'text_encoder.hidden_size' is \(textEncoder.hiddenSize)")
        }
        if unet.imageCrossAttention {
            guard let contentEncoder else {
                throw fail("unet.image_cross_attention", "is true, but there is no 'content_encoder'")
            }
            guard unet.imageEmbeddingWidth == contentEncoder.tokenWidth else {
                throw fail(
                    "unet.image_embedding_dim",
                    "is \(unet.imageEmbeddingWidth); the tokens' width by '\(contentEncoder.tokenWidthKey)' is "
                        + "\(contentEncoder.tokenWidth)")
            }
        }
        if unet.layeredMotionHead != nil, vae.factor != 8 {
            throw fail("vae.block_out_channels", "has not 4 elements, which a layered motion head needs: it joins at 1/8")
        }
        if unet.motionHead != nil, scheduler.prediction != .sample {
            throw fail("scheduler.prediction_type", "is not \"sample\", which a model with a motion head needs")
        }
    }
}
