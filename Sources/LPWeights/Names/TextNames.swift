/// Names of CLIP's text encoder: inside single-file checkpoints, in files of transformers, and alone.
enum TextNames {
    private static let roots = ["cond_stage_model.transformer.", "text_encoder.", ""]
    private static let known = ["embeddings.", "encoder.layers.", "final_layer_norm."]

    /// - Returns: the name without any prefix; nil for what is not the text encoder's, and for the numbers 0, 1, 2, ...
    ///   that some files keep as a tensor
    static func network(_ name: String) -> String? {
        guard !name.hasSuffix("position_ids") else { return nil }
        for root in roots {
            guard let rest = name.dropping(prefix: root) else { continue }
            let inner = rest.dropping(prefix: "text_model.") ?? rest
            if known.contains(where: { inner.hasPrefix($0) }) { return inner }
        }
        return nil
    }
}
