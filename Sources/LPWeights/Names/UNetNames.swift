/// Names of the UNet in single-file checkpoints (the layout of the first Stable Diffusion code), and in diffusers.
///
/// The single file numbers its blocks through: with n layers a level, `input_blocks.0` is the entrance, then n layers and
/// a halving for each level; `output_blocks` has n + 1 layers for each level, the last of which may end in a doubling.
struct UNetNames {
    /// Layers of a level on the way down.
    let layers: Int

    private static let rules = NameRules([
        "time_embed.0": "time_embedding.linear_1", "time_embed.2": "time_embedding.linear_2",
        "input_blocks.0.0": "conv_in", "out.0": "conv_norm_out", "out.2": "conv_out",
        "middle_block.0": "mid_block.resnets.0", "middle_block.1": "mid_block.attentions.0",
        "middle_block.2": "mid_block.resnets.1",
        "in_layers.0": "norm1", "in_layers.2": "conv1", "emb_layers.1": "time_emb_proj", "out_layers.0": "norm2",
        "out_layers.3": "conv2", "skip_connection": "conv_shortcut",
    ])

    /// - Parameter names: all names of the UNet, without a prefix. The first halving tells the number of layers.
    init(names: some Collection<String>) {
        let halvings = names.compactMap { name -> Int? in
            guard let rest = name.dropping(prefix: "input_blocks."), let number = rest.dropping(suffix: ".0.op.weight")
            else { return nil }
            return Int(number)
        }
        layers = min(max((halvings.min() ?? 3) - 1, 1), 16)
    }

    /// diffusers' name for a name of the single-file layout without its prefix; other names are handed back.
    func diffusers(_ name: String) -> String {
        let parts = name.split(separator: ".", maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 4, let block = Int(parts[1]), let part = Int(parts[2]), (0..<4096).contains(block) else {
            return Self.rules(name)
        }
        switch parts[0] {
        case "input_blocks" where block > 0: return input(block - 1, part, parts[3])
        case "output_blocks": return output(block, part, parts[3])
        default: return Self.rules(name)
        }
    }

    private func input(_ block: Int, _ part: Int, _ rest: Substring) -> String {
        let (level, layer) = (block / (layers + 1), block % (layers + 1))
        if layer == layers, let end = String(rest).dropping(prefix: "op.") {
            return "down_blocks.\(level).downsamplers.0.conv.\(end)"
        }
        return self.layer("down_blocks.\(level)", layer, part, rest)
    }

    private func output(_ block: Int, _ part: Int, _ rest: Substring) -> String {
        let (level, layer) = (block / (layers + 1), block % (layers + 1))
        // Without attention the doubling is part 1, with it part 2.
        if part > 0, rest.hasPrefix("conv.") { return "up_blocks.\(level).upsamplers.0.\(rest)" }
        return self.layer("up_blocks.\(level)", layer, part, rest)
    }

    private func layer(_ block: String, _ layer: Int, _ part: Int, _ rest: Substring) -> String {
        part == 0 ? "\(block).resnets.\(layer).\(Self.rules(rest))" : "\(block).attentions.\(layer).\(rest)"
    }
}
