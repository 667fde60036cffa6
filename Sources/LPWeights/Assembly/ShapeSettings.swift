/// Sections of config.json, read off the shapes of the networks. What shapes do not tell (groups of norms, heads) is the
/// same in all models of Stable Diffusion 1's kind; a settings file beside the weights may say otherwise.
enum ShapeSettings {
    /// Stable Diffusion has 32 groups; a network too narrow for that, as in tests, has as many as divide all its widths.
    static func groups(_ widths: [Int]) -> Int { widths.reduce(32) { greatestCommonDivisor($0, $1) } }

    private static func greatestCommonDivisor(_ first: Int, _ second: Int) -> Int {
        second == 0 ? first : greatestCommonDivisor(second, first % second)
    }

    /// CLIP's and DINOv2's heads are 64 wide.
    static func heads(_ width: Int) -> Int { max(1, width / 64) }

    private static func missing(_ network: NetworkTensors, _ tensor: String) -> WeightError {
        .missing(path: network.path, tensor: tensor)
    }

    /// - Parameters:
    ///   - beside: diffusers' config.json of the UNet, if there is one
    static func unet(_ network: NetworkTensors, beside: JSONValue?) throws -> [String: JSONValue] {
        let levels = network.count("down_blocks.#.resnets.0.conv1.weight")
        let widths = (0..<levels).compactMap { network.extent("down_blocks.\($0).resnets.0.conv1.weight", 0) }
        let layers = network.count("down_blocks.0.resnets.#.conv1.weight")
        guard let inputs = network.extent("conv_in.weight", 1) else { throw missing(network, "conv_in.weight") }
        guard let outputs = network.extent("conv_out.weight", 0) else { throw missing(network, "conv_out.weight") }
        guard levels > 0, widths.count == levels, layers > 0 else {
            throw missing(network, "down_blocks.0.resnets.0.conv1.weight")
        }
        guard let context = context(network) else {
            throw missing(network, "mid_block.attentions.0.transformer_blocks.0.attn2.to_k.weight")
        }
        func types(_ side: String, _ name: String) -> JSONValue {
            .array(
                (0..<levels).map { level in
                    let attention = network.has("\(side)_blocks.\(level).attentions.0.norm.weight")
                    return .string((attention ? "CrossAttn" : "") + name)
                })
        }
        let heads = try heads(beside, path: network.path) ?? 8
        let hasMotion = network.tensors.keys.contains { $0.includes(".motion_modules.") }
        return [
            "in_channels": .integer(inputs), "out_channels": .integer(outputs),
            "block_out_channels": .array(widths.map { .integer($0) }), "layers_per_block": .integer(layers),
            "down_block_types": types("down", "DownBlockMotion"), "up_block_types": types("up", "UpBlockMotion"),
            "num_attention_heads": .integer(heads), "cross_attention_dim": .integer(context),
            "norm_num_groups": beside?.object?["norm_num_groups"] ?? .integer(groups(widths)),
            "norm_eps": beside?.object?["norm_eps"] ?? .real(1e-5),
            "resnet_time_scale_shift": .string("default"),
            "use_motion_modules": .boolean(hasMotion),
            "use_motion_mid_block": .boolean(network.has("mid_block.motion_modules.0.norm.weight")),
            "motion_num_attention_heads": .integer(heads), "motion_positions": .string("index"),
        ]
    }

    private static func context(_ network: NetworkTensors) -> Int? {
        network.extent("mid_block.attentions.0.transformer_blocks.0.attn2.to_k.weight", 1)
    }

    /// `attention_head_dim` of an image UNet means the number of heads; a list of them belongs to later models.
    private static func heads(_ beside: JSONValue?, path: String) throws -> Int? {
        guard let members = beside?.object else { return nil }
        let value = [members["num_attention_heads"], members["attention_head_dim"]].compactMap(\.self).first {
            $0 != .null
        }
        guard let value else { return nil }
        guard let heads = value.integer else {
            throw WeightError.file(
                path: path,
                reason: "has another number of heads at every level, as Stable Diffusion 2 has; 1.x is expected")
        }
        return heads
    }

    static func autoencoder(_ network: NetworkTensors, beside: JSONValue?) throws -> [String: JSONValue] {
        let levels = network.count("decoder.up_blocks.#.resnets.0.conv1.weight")
        let widths = (0..<levels).reversed().compactMap {
            network.extent("decoder.up_blocks.\($0).resnets.0.conv1.weight", 0)
        }
        let layers = network.count("decoder.up_blocks.0.resnets.#.conv1.weight") - 1
        guard levels > 0, widths.count == levels, layers > 0 else {
            throw missing(network, "decoder.up_blocks.0.resnets.0.conv1.weight")
        }
        guard let latents = network.extent("decoder.conv_in.weight", 1) else {
            throw missing(network, "decoder.conv_in.weight")
        }
        return [
            "latent_channels": .integer(latents), "block_out_channels": .array(widths.map { .integer($0) }),
            "layers_per_block": .integer(layers),
            "norm_num_groups": beside?.object?["norm_num_groups"] ?? .integer(groups(widths)),
            "mid_block_add_attention": .boolean(network.has("decoder.mid_block.attentions.0.to_q.weight")),
            "use_quant_conv": .boolean(network.has("quant_conv.weight")),
            "use_post_quant_conv": .boolean(network.has("post_quant_conv.weight")),
            "scaling_factor": beside?.object?["scaling_factor"] ?? .real(0.18215),
            "kl_encoder": .boolean(network.has("encoder.conv_in.weight")), "linear_path": .boolean(false),
        ]
    }

    static func text(_ network: NetworkTensors, beside: JSONValue?) throws -> [String: JSONValue] {
        let (tokens, places) = ("embeddings.token_embedding.weight", "embeddings.position_embedding.weight")
        guard let vocabulary = network.extent(tokens, 0), let width = network.extent(tokens, 1) else {
            throw missing(network, tokens)
        }
        guard let positions = network.extent(places, 0) else { throw missing(network, places) }
        guard let inner = network.extent("encoder.layers.0.mlp.fc1.weight", 0) else {
            throw missing(network, "encoder.layers.0.mlp.fc1.weight")
        }
        return [
            "vocab_size": .integer(vocabulary), "hidden_size": .integer(width),
            "num_hidden_layers": .integer(network.count("encoder.layers.#.mlp.fc1.weight")),
            "num_attention_heads": beside?.object?["num_attention_heads"] ?? .integer(heads(width)),
            "intermediate_size": .integer(inner), "max_position_embeddings": .integer(positions),
            "hidden_act": beside?.object?["hidden_act"] ?? .string("quick_gelu"),
            "layer_norm_eps": beside?.object?["layer_norm_eps"] ?? .real(1e-5),
        ]
    }

    /// - Parameter settings: further members, such as the size that an adapter was trained with
    static func contentEncoder(_ network: NetworkTensors, settings: JSONValue?) throws -> [String: JSONValue] {
        let projection = "embeddings.patch_embeddings.projection.weight"
        guard let width = network.extent(projection, 0), let patch = network.extent(projection, 2) else {
            throw missing(network, projection)
        }
        let layers = network.count("encoder.layer.#.norm1.weight")
        let gated = network.extent("encoder.layer.0.mlp.weights_in.weight", 0) != nil
        let inner = network.extent("encoder.layer.0.mlp.fc1.weight", 0) ?? 4 * min(width, 1 << 20)
        var members: [String: JSONValue] = [
            "hidden_size": .integer(width), "num_hidden_layers": .integer(layers),
            "num_attention_heads": .integer(heads(width)), "patch_size": .integer(patch),
            "mlp_ratio": .real(gated ? 4 : Double(inner) / Double(max(width, 1))),
            "image_size": .integer(16 * min(patch, 256)), "resize": .string("crop"), "use_swiglu_ffn": .boolean(gated),
            "num_register_tokens": .integer(network.extent("embeddings.register_tokens", 1) ?? 0),
        ]
        members.merge((settings?.object ?? [:]).filter { $0.value != .null }) { _, new in new }
        return members
    }

    /// The text re-weighting of a LivePhoto adapter.
    static func reweighting(_ network: NetworkTensors, textWidth: Int) -> [String: JSONValue] {
        [
            "num_hidden_layers": .integer(network.count("layers.#.mlp.fc1.weight")),
            "num_attention_heads": .integer(heads(textWidth)),
            "intermediate_size": .integer(network.extent("layers.0.mlp.fc1.weight", 0) ?? textWidth),
            "frames": .integer(network.extent("head.weight", 0) ?? 1),
        ]
    }
}
