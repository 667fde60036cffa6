import Testing

@testable import LPWeights

@Suite struct ConfigurationTests {
    private static func base() throws -> JSONValue {
        try JSONParser.parse(try ScratchFolder.fixture("weights/config.json"))
    }

    /// The document with one value replaced (nil: removed); `path` is "unet.block_out_channels.0".
    private static func changed(_ value: JSONValue, _ path: ArraySlice<Substring>, _ new: JSONValue?) -> JSONValue {
        guard let key = path.first else { return new ?? .null }
        let rest = path.dropFirst()
        if case .array(var elements) = value, let index = Int(key), elements.indices.contains(index) {
            elements[index] = changed(elements[index], rest, new)
            return .array(elements)
        }
        var members = value.object ?? [:]
        members[String(key)] = rest.isEmpty ? new : changed(members[String(key)] ?? .object([:]), rest, new)
        return .object(members)
    }

    private static func load(_ path: String, _ json: String?) throws -> ModelConfiguration {
        let new = try json.map { try JSONParser.parse([UInt8]($0.utf8)) }
        return try ModelConfiguration(changed(try base(), path.split(separator: ".")[...], new))
    }

    private static func failure(_ path: String, _ json: String?) -> String {
        do {
            _ = try load(path, json)
            return "no error"
        } catch { return "\(error)" }
    }

    @Test func readsEveryField() throws {
        let model = try ModelConfiguration(json: try ScratchFolder.fixture("weights/config.json"))
        #expect(model.name == "livephoto-mini")
        #expect((model.frames.standard, model.frames.minimum, model.frames.maximum) == (16, 2, 48))
        #expect(model.working.area == 16384)
        #expect(model.tokenizerLength == 32)
        #expect(model.textEncoder.activation == .quickGELU)
        #expect(model.textReweighting?.frames == 16)
        #expect(model.contentEncoder?.asDINOv2?.intermediateSize == 512)
        #expect(model.contentEncoder?.asDINOv2?.grid == 8)
        #expect(model.vae.factor == 8)
        #expect(model.unet.blockChannels == [96, 160, 256])
        #expect(model.unet.downBlocks == [.plain, .attention, .attention])
        #expect(model.unet.timeScaleShift == .scaleShift)
        #expect(model.unet.denseMotionHead?.upscale == 2)
        #expect(model.unet.conditioningEmbedding.usesFrameAndLevel)
        #expect(model.scheduler.betaSchedule == .squaredCosine)
        #expect(model.conditioning.layout.map(\.part) == [.noise, .reference, .frame, .intensity])
        #expect(model.conditioning.layout.map(\.channels) == [16, 16, 1, 1])
        #expect(model.conditioning.latentSpace == .residual)
        #expect(model.prior?.mode == .ddim)
        #expect(model.intensity.edges.count == 9)
        #expect(model.composition.residualThreshold == 0.006)
        #expect((model.defaults.steps, model.defaults.guidance, model.defaults.sampler) == (8, 1, .ddim))
    }

    @Test(arguments: [
        "license", "name", "tokenizer", "text_reweighting", "prior", "composition", "defaults", "unet.motion_head",
        "unet.conditioning_embedding", "vae.in_channels", "text_encoder.layer_norm_eps", "frames.fps",
        "scheduler.beta_end",
        "conditioning.residual_gain", "unet.layers_per_block", "working.multiple", "content_encoder.mean",
    ])
    func optionalKeys(path: String) {
        #expect(throws: Never.self) { try Self.load(path, nil) }
        #expect(throws: Never.self) { try Self.load(path, "null") }
    }

    /// PIA's channels bring their curves and their negative prompt along.
    @Test func affinityLayout() throws {
        let base = try Self.base().object ?? [:]
        func load(_ affinity: String) throws -> ModelConfiguration {
            let conditioning = "{\"layout\": [[\"noise\", 16], [\"affinity\", 1], [\"reference\", 16]]\(affinity)}"
            var document = base
            document["conditioning"] = try JSONParser.parse([UInt8](conditioning.utf8))
            document["unet"] = Self.changed(base["unet"] ?? .null, ["in_channels"], try JSONParser.parse([UInt8]("33".utf8)))
            document["defaults"] = nil
            return try ModelConfiguration(.object(document))
        }
        let model = try load("")
        #expect(model.defaults.negativePrompt.hasPrefix("wrong white balance"))
        let affinity = try #require(model.conditioning.affinity)
        #expect(affinity.value(frame: 4, of: 16, level: 5, loops: false) == 0.79)
        let own = try load(", \"affinity\": {\"curves\": [[2, [1, 0.5]], [4, [0.8, 0.1]]], \"condition_frame\": 9}")
        let curves = try #require(own.conditioning.affinity)
        #expect(curves.value(frame: 1, of: 2, level: 3, loops: false) == 0.9)
        #expect(curves.value(frame: 2, of: 12, level: 10, loops: false) == 0.1)
        #expect(throws: WeightError.self) { try load(", \"affinity\": {\"curves\": [[2, [1.5]]]}") }
        #expect(throws: WeightError.self) { try load(", \"affinity\": {\"condition_frame\": -1}") }
    }

    @Test func unknownKeysAreIgnored() {
        #expect(throws: Never.self) { try Self.load("unet.colour", "\"blue\"") }
    }

    @Test func giantContentEncoderKeepsTwoThirds() throws {
        let model = try Self.load("content_encoder.use_swiglu_ffn", "true")
        #expect(model.contentEncoder?.asDINOv2?.intermediateSize == 344)
    }

    @Test func motionHeadsAbsenceTurnsItOff() throws {
        #expect(try Self.load("unet.motion_head", nil).unet.motionHead == nil)
        #expect(try Self.load("unet.conditioning_embedding", nil).unet.conditioningEmbedding.text == false)
    }

    @Test(
        arguments: [
            ("format", nil, "another kind of model"), ("format", "\"stable\"", "another kind of model"),
            ("format", "3", "another kind of model"), ("version", "2", "newer version"), ("version", "0", "1 to"),
            ("version", "1.5", "'version'"), ("version", nil, "'version' is missing"),
            ("unet", nil, "'unet' is missing"), ("unet", "[]", "'unet' is a list"), ("vae", "null", "'vae' is missing"),
            ("unet.in_channels", "\"34\"", "'unet.in_channels' is a string"),
            ("unet.in_channels", "0", "'unet.in_channels' is 0"),
            ("unet.in_channels", "33", "'conditioning.layout' has 34 channels"),
            ("unet.in_channels", "1e30", "whole number"),
            ("unet.out_channels", "4", "'unet.out_channels' is 4"),
            ("unet.cross_attention_dim", "64", "text_encoder.hidden_size"),
            ("unet.num_attention_heads", "5", "does not divide 96"), ("unet.num_attention_heads", "0", "1 to"),
            ("unet.motion_num_attention_heads", "3", "does not divide 160"),
            ("unet.norm_num_groups", "10", "does not divide 96"),
            ("unet.block_out_channels", "[]", "has 0 elements"),
            ("unet.block_out_channels", "[96, 160]", "has 3 elements; 2"),
            ("unet.block_out_channels.1", "-160", "'unet.block_out_channels[1]' is -160"),
            ("unet.block_out_channels.1", "9223372036854775807", "block_out_channels[1]"),
            ("unet.down_block_types.0", "\"DownBlock3D\"", "'unet.down_block_types[0]' is \"DownBlock3D\""),
            ("unet.up_block_types", "[\"UpBlockMotion\"]", "has 1 elements; 3"),
            ("unet.norm_eps", "0", "'unet.norm_eps'"),
            ("unet.norm_eps", "-1e-5", "'unet.norm_eps'"),
            ("unet.resnet_time_scale_shift", "\"other\"", "\"scale_shift\""),
            ("unet.resnet_norm_scope", "\"batch\"", "\"frame\", \"clip\""),
            ("unet.image_embedding_dim", "64", "content_encoder"),
            ("unet.motion_head.upscale", "0", "upscale"), ("unet.motion_head.flow_scale", "1e300", "flow_scale"),
            ("unet.motion_head.hidden_channels", nil, "hidden_channels' is missing"),
            ("unet.use_motion_modules", "1", "true or false"),
            ("content_encoder", nil, "there is no 'content_encoder'"),
            ("content_encoder.patch_size", "15", "does not divide 112"),
            ("content_encoder.patch_size", "0", "patch_size"),
            ("content_encoder.num_attention_heads", "3", "does not divide 128"),
            ("content_encoder.std.1", "0", "std[1]"), ("content_encoder.mean", "[1, 2]", "has 2 elements; 3"),
            ("content_encoder.resize", "\"zoom\"", "\"stretch\", \"crop\""),
            ("content_encoder.mlp_ratio", "0", "mlp_ratio"),
            ("vae.block_out_channels", "[8, 8, 8, 8, 8, 8, 8]", "has 7 elements"),
            ("vae.norm_num_groups", "7", "does not divide 24"),
            ("vae.linear_path", "false", "nothing would encode"), ("vae.scaling_factor", "0", "scaling_factor"),
            ("vae.latent_channels", "8", "8 expected for \"noise\""),
            ("text_encoder.num_attention_heads", "5", "does not divide 192"),
            ("text_encoder.hidden_act", "\"swish\"", "\"gelu\""),
            ("text_encoder.vocab_size", "1", "vocab_size"),
            ("text_encoder.max_position_embeddings", "16", "'tokenizer.max_length' is 32"),
            ("text_reweighting.num_attention_heads", "7", "text width 192"), ("text_reweighting.frames", "0", "frames"),
            ("tokenizer.max_length", "1", "max_length"), ("frames.default", "0", "frames.default"),
            ("frames.minimum", "17", "minimum"),
            ("frames.maximum", "15", "maximum"), ("frames.fps", "0", "fps"),
            ("working.multiple", "12", "latent cell's 8"),
            ("working.multiple", "0", "multiple"), ("working.minimum_side", "65", "does not divide 65"),
            ("working.maximum_side", "32", "maximum_side"), ("working.area", "-1", "area"),
            ("scheduler.beta_start", "0.5", "larger than"),
            ("scheduler.num_train_timesteps", "1", "num_train_timesteps"),
            ("scheduler.prediction_type", "\"epsilon\"", "motion head"),
            ("scheduler.beta_schedule", "\"cosine\"", "\"linear\""),
            ("conditioning.layout", "[]", "has 0 elements"), ("conditioning.layout.0", "\"noise\"", "layout[0]"),
            ("conditioning.layout.0", "[\"colour\", 16]", "layout[0]' is \"colour\""),
            ("conditioning.layout.1", "[\"noise\", 16]", "again"),
            ("conditioning.layout.2", "[\"frame\", 2]", "1 expected"),
            ("conditioning.residual_scale", "0", "residual_scale"),
            ("conditioning.strength", "0", "strength"), ("conditioning.strength", "1.5", "strength"),
            ("conditioning.motion_scale", "[]", "has 0 elements"),
            ("conditioning.motion_scale", "[[1, 0.5], [1, 2]]", "motion_scale[1]"),
            ("conditioning.motion_scale", "[[0, 0.5]]", "motion_scale[0]"),
            ("conditioning.motion_scale", "[[1, []]]", "motion_scale[0]"),
            ("conditioning.motion_scale", "[[1, \"much\"]]", "motion_scale[0]"),
            ("frames.window", "0", "frames.window"), ("frames.overlap", "-1", "frames.overlap"),
            ("frames.overlap", "48", "frames.overlap"), ("defaults.guidance_rescale", "2", "guidance_rescale"),
            ("defaults.sampler", "\"euler-a\"", "\"euler_a\""),
            ("conditioning.latent_space", "\"pixel\"", "latent_space"), ("prior.alpha_first", "1.5", "alpha_first"),
            ("prior.mode", "\"dct\"", "prior.mode"), ("intensity", nil, "'intensity' is missing"),
            ("intensity.edges", "[1, 2, 3]", "has 3 elements; 9"),
            ("intensity.edges.3", "0.99", "edges[3]' is not below"),
            ("intensity.default", "11", "intensity.default"), ("composition.border", "\"wrap\"", "border"),
            ("composition.residual_threshold", "-1", "residual_threshold"), ("defaults.steps", "0", "steps"),
            ("defaults.guidance", "31", "guidance"), ("defaults.sampler", "\"magic\"", "\"ddim\""),
            ("defaults.negative_prompt", "\"a\\u0000b\"", "negative_prompt"), ("name", "7", "'name' is a number"),
        ] as [(String, String?, String)])
    func badSettings(path: String, value: String?, message: String) {
        let failure = Self.failure(path, value)
        #expect(failure.contains(message), "\(failure)")
        #expect(failure.hasPrefix("config.json: '"), "\(failure)")
    }

    @Test func textThatIsNotJSON() {
        #expect(throws: WeightError.self) { try ModelConfiguration(json: []) }
        #expect(throws: WeightError.self) { try ModelConfiguration(json: [UInt8]("{\"a\": }".utf8)) }
        #expect(throws: WeightError.self) { try ModelConfiguration(json: [UInt8]("[1]".utf8)) }
    }

    @Test func damagedConfigurationsNeverTrap() throws {
        let bytes = try ScratchFolder.fixture("weights/config.json")
        var mutator = Mutator(seed: 3)
        var refused = 0
        for _ in 0..<2000 {
            do {
                _ = try ModelConfiguration(json: mutator.mutate(bytes))
            } catch {
                #expect(error is WeightError, "\(error)")
                refused += 1
            }
        }
        #expect(refused > 500)
    }
}

extension ContentEncoderConfiguration {
    var asDINOv2: DINOv2Configuration? {
        guard case .dinov2(let settings) = self else { return nil }
        return settings
    }
}
