import Foundation
import Testing

@testable import LPWeights

/// The full-size names as diffusers' converters have them.
@Suite struct NameTests {
    private func pairs(_ network: String) throws -> [(file: String, diffusers: String)] {
        let document = try JSONParser.parse(try ScratchFolder.fixture("files/names.json"))
        return try #require(document.object?[network]?.array).map { pair in
            let names = try #require(pair.array).compactMap(\.string)
            try #require(names.count == 2)
            return (names[0], names[1])
        }
    }

    @Test func unetOfSingleFiles() throws {
        let pairs = try pairs("unet")
        #expect(pairs.count == 391)
        let names = UNetNames(names: pairs.map { $0.file + ".weight" })
        #expect(names.layers == 2)
        for pair in pairs { #expect(names.diffusers(pair.file + ".weight") == pair.diffusers + ".weight") }
    }

    @Test func autoencoderOfSingleFiles() throws {
        let pairs = try pairs("vae")
        #expect(pairs.count == 124)
        let names = AutoencoderNames(names: pairs.map { $0.file + ".weight" })
        #expect(names.levels == 4)
        for pair in pairs { #expect(names.diffusers(pair.file + ".weight") == pair.diffusers + ".weight") }
    }

    @Test func textEncoders() {
        let name = "encoder.layers.11.self_attn.q_proj.weight"
        for prefix in ["", "text_model.", "cond_stage_model.transformer.", "cond_stage_model.transformer.text_model."] {
            #expect(TextNames.network(prefix + name) == name)
            #expect(TextNames.network(prefix + "embeddings.position_ids") == nil)
        }
        #expect(TextNames.network("text_projection.weight") == nil)
        #expect(TextNames.network("vision_model.encoder.layers.0.mlp.fc1.weight") == nil)
    }

    @Test(arguments: [
        ("down_blocks.0.motion_modules.1.temporal_transformer.norm.bias", "down_blocks.0.motion_modules.1.norm.bias"),
        (
            "up_blocks.3.motion_modules.2.temporal_transformer.transformer_blocks.0.attention_blocks.1.to_out.0.bias",
            "up_blocks.3.motion_modules.2.transformer_blocks.0.attn2.to_out.0.bias"
        ),
        (
            "mid_block.motion_modules.0.temporal_transformer.transformer_blocks.0.ff_norm.weight",
            "mid_block.motion_modules.0.transformer_blocks.0.norm3.weight"
        ),
        (
            "down_blocks.2.motion_modules.0.temporal_transformer.transformer_blocks.0.norms.1.weight",
            "down_blocks.2.motion_modules.0.transformer_blocks.0.norm2.weight"
        ),
        (
            "down_blocks.2.motion_modules.0.temporal_transformer.transformer_blocks.0.attention_blocks.0.pos_encoder.pe",
            nil
        ),
        ("down_blocks.0.resnets.0.conv1.weight", nil),
    ])
    func motionModules(file: String, diffusers: String?) { #expect(MotionNames.diffusers(file) == diffusers) }

    @Test(arguments: [
        ("lora_unet_mid_block_attentions_0_proj_in.lora_down.weight", "mid_block_attentions_0_proj_in", true),
        ("lora_te_text_model_encoder_layers_0_mlp_fc1.alpha", "encoder_layers_0_mlp_fc1", true),
        ("unet.mid_block.attentions.0.proj_in.lora_A.weight", "mid_block.attentions.0.proj_in", false),
        (
            "down_blocks.0.attentions.0.transformer_blocks.0.attn1.processor.to_out_lora.up.weight",
            "down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_out.0", false
        ),
        (
            "module.mid_block.motion_modules.0.temporal_transformer.transformer_blocks.0.attention_blocks.1.processor."
                + "to_q_lora.down.weight", "mid_block.motion_modules.0.transformer_blocks.0.attn2.to_q", false
        ),
        (
            "text_encoder.text_model.encoder.layers.0.mlp.fc1.lora_linear_layer.up.weight", "encoder.layers.0.mlp.fc1",
            false
        ),
    ])
    func adapters(file: String, layer: String, isUnderscored: Bool) throws {
        let match = try #require(LowRankNames.match(file))
        #expect(match.layer == layer && match.isUnderscored == isUnderscored)
    }

    @Test(arguments: ["lora_unet_x.hada_w1_a", "unet.x.lokr_w1", "x.lora_mid.weight", "x.weight", "unet.x.dora_scale"])
    func otherMethods(file: String) { #expect(LowRankNames.match(file) == nil) }

    @Test func oddNames() {
        let names = UNetNames(names: [])
        for name in [
            "", ".", "input_blocks", "input_blocks.-1.0.x", "input_blocks.99999999999999999999.0.x", "out.0", "...",
        ] {
            _ = names.diffusers(name)
            _ = AutoencoderNames(names: [name]).diffusers("decoder.up.\(name).block.0")
        }
    }
}
