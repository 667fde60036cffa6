/// Names of motion modules in AnimateDiff's own files and in diffusers' MotionAdapter.
enum MotionNames {
    private static let rules = NameRules([
        "motion_modules.#.temporal_transformer": "motion_modules.#",
        "attention_blocks.0": "attn1", "attention_blocks.1": "attn2",
        "norms.0": "norm1", "norms.1": "norm2", "ff_norm": "norm3",
    ])

    /// - Returns: diffusers' name; nil for what is no weight of a motion module, and for stored position tables, which
    ///   are computed here
    static func diffusers(_ name: String) -> String? {
        guard name.includes(".motion_modules."), !isPositionTable(name) else { return nil }
        return rules(name)
    }

    static func isPositionTable(_ name: String) -> Bool {
        name.hasSuffix(".pos_encoder.pe") || name.hasSuffix(".pos_embed.pe")
    }
}
