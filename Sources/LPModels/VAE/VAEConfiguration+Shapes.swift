import LPWeights

extension VAEConfiguration {
    /// Names and shapes of everything in vae.safetensors.
    package var weightShapes: WeightShapes {
        var shapes = WeightShapes()
        let (first, last) = (blockChannels[0], blockChannels[blockChannels.count - 1])
        if hasEncoder {
            shapes.convolution("encoder.conv_in", inputChannels, first)
            for (index, outputs) in blockChannels.enumerated() {
                let key = "encoder.down_blocks.\(index)"
                add(stage: key, blockChannels[max(index - 1, 0)], outputs, resnets: layersPerBlock, to: &shapes)
                if index < blockChannels.count - 1 {
                    shapes.convolution("\(key).downsamplers.0.conv", outputs, outputs)
                }
            }
            add(mid: "encoder.mid_block", last, to: &shapes)
            shapes.norm("encoder.conv_norm_out", last)
            shapes.convolution("encoder.conv_out", last, 2 * latentChannels)
            if usesQuantConvolution {
                shapes.convolution("quant_conv", 2 * latentChannels, 2 * latentChannels, kernel: 1)
            }
        }
        if usesPostQuantConvolution {
            shapes.convolution("post_quant_conv", latentChannels, latentChannels, kernel: 1)
        }
        shapes.convolution("decoder.conv_in", latentChannels, last)
        add(mid: "decoder.mid_block", last, to: &shapes)
        let up = Array(blockChannels.reversed())
        for (index, outputs) in up.enumerated() {
            let key = "decoder.up_blocks.\(index)"
            add(stage: key, up[max(index - 1, 0)], outputs, resnets: layersPerBlock + 1, to: &shapes)
            if index < up.count - 1 { shapes.convolution("\(key).upsamplers.0.conv", outputs, outputs) }
        }
        shapes.norm("decoder.conv_norm_out", first)
        shapes.convolution("decoder.conv_out", first, outputChannels)
        if linearPath {
            for (name, bias) in [("encoder_linear", latentChannels), ("decoder_linear", 3)] {
                shapes.add("\(name).weight", [latentChannels, 3, factor, factor])
                shapes.add("\(name).bias", [bias])
            }
        }
        return shapes
    }

    private func add(stage key: String, _ inputs: Int, _ outputs: Int, resnets: Int, to shapes: inout WeightShapes) {
        for index in 0..<resnets {
            shapes.resnet("\(key).resnets.\(index)", index == 0 ? inputs : outputs, outputs)
        }
    }

    private func add(mid key: String, _ channels: Int, to shapes: inout WeightShapes) {
        shapes.resnet("\(key).resnets.0", channels, channels)
        if midBlockAttention {
            shapes.norm("\(key).attentions.0.group_norm", channels)
            for name in ["to_q", "to_k", "to_v", "to_out.0"] {
                shapes.linear("\(key).attentions.0.\(name)", channels, channels)
            }
        }
        shapes.resnet("\(key).resnets.1", channels, channels)
    }
}
