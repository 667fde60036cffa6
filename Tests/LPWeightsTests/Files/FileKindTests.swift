import Foundation
import Testing

@testable import LPWeights

@Suite struct FileKindTests {
    private func kind(_ name: String) throws -> FileKind { try WeightsFile(FileFixtures.path(name)).kind }

    @Test func tellsEveryFixture() throws {
        let checkpoint = FileKind.checkpoint(inputs: 4, hasAutoencoder: true, hasText: true)
        let expected: [(String, FileKind)] = [
            ("base.safetensors", checkpoint), ("base.ckpt", checkpoint),
            ("base/unet", .unet(inputs: 4, layout: .diffusers, hasMotion: false)),
            ("base/vae", .autoencoder(.diffusers)),
            ("base/text_encoder", .textEncoder), ("vae_old_names.bin", .autoencoder(.diffusers)),
            ("motion_v1.ckpt", .motionModule(.v1)), ("motion_v2.safetensors", .motionModule(.v2)),
            ("motion_v2", .motionModule(.v2)), ("pia.ckpt", .pia), ("livephoto_adapter.safetensors", .livePhotoAdapter),
            ("lora_kohya.safetensors", .lowRank(.kohya)), ("lora_peft.safetensors", .lowRank(.diffusers)),
            ("domain_adapter.ckpt", .lowRank(.diffusers)), ("motion_lora.ckpt", .lowRank(.motion)),
            ("taesd.safetensors", .tinyAutoencoder(.both)), ("taesd/taesd_encoder.pth", .tinyAutoencoder(.encoder)),
            ("taesd/taesd_decoder.pth", .tinyAutoencoder(.decoder)),
            ("../tiny-latent-model/content_encoder.safetensors", .contentEncoder(width: 8)),
            ("../tiny-layered-model/content_encoder.safetensors", .efficientNet(blocks: 8)), ("views.pt", .unknown),
        ]
        for (name, kind) in expected { #expect(try self.kind(name) == kind, "\(name)") }
    }

    private let module = "down_blocks.0.motion_modules.0.temporal_transformer"

    @Test func motionVersions() {
        let norm = ["\(module).norm.weight": [320]]
        let table = "\(module).transformer_blocks.0.attention_blocks.0.pos_encoder.pe"
        let mid = ["mid_block.motion_modules.0.temporal_transformer.norm.weight": [1280]]
        func with(_ more: [String: [Int]]...) -> FileKind { FileKind(more.reduce(norm) { $0.merging($1) { $1 } }) }
        #expect(with([table: [1, 24, 320]]) == .motionModule(.v1))
        #expect(with([table: [1, 32, 320]]) == .motionModule(.v3))
        #expect(with([table: [1, 32, 320]], mid) == .motionModule(.v2))
        #expect(with(mid) == .motionModule(.lcm))
        #expect(FileKind(["down_blocks.0.motion_modules.0.norm.weight": [320]], positions: 24) == .motionModule(.v1))
        #expect(FileKind(["down_blocks.0.motion_modules.0.norm.weight": [320]], positions: 32) == .motionModule(.v3))
    }

    @Test(arguments: [
        "ip_adapter.1.to_k_ip.weight", "controlnet_cond_embedding.conv_in.weight", "conditioner.embedders.0.x",
        "cond_stage_model.model.transformer.resblocks.0.x", "model.diffusion_model.double_blocks.0.x",
    ])
    func relativesAreNamed(tensor: String) {
        guard case .unsupported = FileKind([tensor: [1, 1]]) else {
            Issue.record("\(tensor): \(FileKind([tensor: [1, 1]]))")
            return
        }
    }

    @Test func nothingKnown() {
        #expect(FileKind([:]) == .unknown)
        #expect(FileKind(["": [], ".": [1], "module.": [2]]) == .unknown)
    }

    @Test func sentencesAreForPeople() throws {
        #expect(
            "\(try kind("pia.ckpt"))"
                == "PIA's condition adapter: motion modules and an input convolution of 9 channels")
        #expect("\(try kind("base.ckpt"))".hasSuffix("UNet with 4 input channels, autoencoder, text encoder"))
    }
}
