/// Names of the autoencoder in single-file checkpoints and in old and new diffusers files.
struct AutoencoderNames {
    /// Number of resolutions. Single files count the decoder's from the largest, diffusers from the smallest.
    let levels: Int

    private static let rules = NameRules([
        "encoder.down.#.block.#": "encoder.down_blocks.#.resnets.#",
        "encoder.down.#.downsample.conv": "encoder.down_blocks.#.downsamplers.0.conv",
        "decoder.up.#.block.#": "decoder.up_blocks.#.resnets.#",
        "decoder.up.#.upsample.conv": "decoder.up_blocks.#.upsamplers.0.conv",
        "mid.block_1": "mid_block.resnets.0", "mid.block_2": "mid_block.resnets.1",
        "mid.attn_1.norm": "mid_block.attentions.0.group_norm", "mid.attn_1.q": "mid_block.attentions.0.to_q",
        "mid.attn_1.k": "mid_block.attentions.0.to_k", "mid.attn_1.v": "mid_block.attentions.0.to_v",
        "mid.attn_1.proj_out": "mid_block.attentions.0.to_out.0",
        // diffusers before 0.18
        "attentions.0.query": "attentions.0.to_q", "attentions.0.key": "attentions.0.to_k",
        "attentions.0.value": "attentions.0.to_v", "attentions.0.proj_attn": "attentions.0.to_out.0",
        "nin_shortcut": "conv_shortcut", "norm_out": "conv_norm_out",
    ])

    init(names: some Collection<String>) {
        let numbers = names.compactMap { name -> Int? in
            guard let rest = name.dropping(prefix: "decoder.up.") else { return nil }
            return Int(rest.prefix { $0 != "." })
        }
        levels = min((numbers.max() ?? 0) + 1, 64)
    }

    func diffusers(_ name: String) -> String {
        var parts = name.split(separator: ".", omittingEmptySubsequences: false)
        if parts.count > 3, parts[0] == "decoder", parts[1] == "up", let level = Int(parts[2]), level < levels,
            level >= 0
        {
            parts[2] = Substring(String(levels - 1 - level))
            return Self.rules(Substring(parts.joined(separator: ".")))
        }
        return Self.rules(name)
    }

    /// Attention of old files is convolutions of 1x1, which with channels last are matrices.
    static func shape(_ name: String, _ shape: [Int]) -> [Int] {
        let isMatrix = name.includes(".attentions.0.to_") && shape.count == 4 && shape[2...] == [1, 1]
        return isMatrix ? Array(shape[..<2]) : shape
    }

    /// Parts of training that some files keep.
    static func isIgnored(_ name: String) -> Bool {
        ["loss.", "model_ema.", "encoder_ema.", "decoder_ema."].contains { name.hasPrefix($0) }
    }
}
