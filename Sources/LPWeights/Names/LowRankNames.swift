/// Names of low-rank adapters (LoRA): which weight of which network one changes, and in which role.
///
/// Read are kohya's files (`lora_unet_down_blocks_0_...lora_down.weight`), those of diffusers old and new
/// (`unet....processor.to_q_lora.down.weight`, `unet....to_q.lora_A.weight`), and AnimateDiff's motion LoRA and domain
/// adapter, which use the old form without a prefix.
struct LowRankNames {
    enum Role {
        case up, down, alpha
    }

    enum Network {
        case unet, text
    }

    struct Match {
        let network: Network
        /// The layer's name in the network without `.weight`; in kohya's files with `_` for every dot.
        let layer: String
        let isUnderscored: Bool
        let role: Role
    }

    private static let endings: KeyValuePairs<String, Role> = [
        ".lora_down.weight": .down, ".lora_up.weight": .up, ".alpha": .alpha,
        ".lora_A.weight": .down, ".lora_B.weight": .up,
        ".lora_A.default.weight": .down, ".lora_B.default.weight": .up,
        ".lora_linear_layer.down.weight": .down, ".lora_linear_layer.up.weight": .up,
        ".lora.down.weight": .down, ".lora.up.weight": .up, "_lora.down.weight": .down, "_lora.up.weight": .up,
    ]
    /// Other methods that use the same files; their products are not the plain one.
    private static let others = ["hada_w", "lokr_", "dora_scale", "lora_mid", "oft_", "lora_magnitude"]

    static func isLowRank(_ name: String) -> Bool {
        name.includes("lora_") || name.includes("_lora.") || name.includes(".lora.")
            || others.contains { name.includes($0) }
    }

    /// - Returns: nil for a name that is not understood
    static func match(_ name: String) -> Match? {
        guard !others.contains(where: { name.includes($0) }),
            let (ending, role) = endings.first(where: { name.hasSuffix($0.key) }),
            let stem = name.dropping(suffix: ending)
        else { return nil }
        if let layer = stem.dropping(prefix: "lora_unet_") {
            return Match(network: .unet, layer: layer, isUnderscored: true, role: role)
        }
        for prefix in ["lora_te_text_model_", "lora_te1_text_model_", "lora_te_"] {
            if let layer = stem.dropping(prefix: prefix) {
                return Match(network: .text, layer: layer, isUnderscored: true, role: role)
            }
        }
        if let layer = stem.dropping(prefix: "text_encoder.") {
            return Match(
                network: .text, layer: layer.dropping(prefix: "text_model.") ?? layer, isUnderscored: false, role: role)
        }
        let layer = stem.dropping(prefix: "unet.") ?? stem.dropping(prefix: "module.") ?? stem
        return Match(network: .unet, layer: unetLayer(layer), isUnderscored: false, role: role)
    }

    /// `attn1.processor.to_out` -> `attn1.to_out.0`, and motion modules under diffusers' names.
    private static func unetLayer(_ name: String) -> String {
        var parts = (MotionNames.diffusers(name) ?? name).split(separator: ".").filter { $0 != "processor" }
        if parts.last == "to_out" { parts.append("0") }
        return parts.joined(separator: ".")
    }
}
