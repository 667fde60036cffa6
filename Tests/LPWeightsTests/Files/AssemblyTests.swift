import Foundation
import LPTensor
import Testing

@testable import LPWeights

@Suite struct AssemblyTests {
    /// Every layout of the same base.
    static let bases = ["base", "base.safetensors", "base.ckpt"]
    static let knowsAffinity = ConditioningConfiguration.Channel(rawValue: "affinity") != nil

    @Test(arguments: bases.dropFirst())
    func everyLayoutHoldsTheSameTensors(base: String) throws {
        let (one, other) = (
            try AssembledModel(FileFixtures.moving("base")), try AssembledModel(FileFixtures.moving(base))
        )
        #expect(one.files == other.files)
        for file in one.networks {
            let (tensors, others) = (try FileFixtures.tensors(one, file), try FileFixtures.tensors(other, file))
            #expect(tensors.keys.sorted() == others.keys.sorted(), "\(file)")
            for (name, values) in tensors { #expect(others[name] == values, "\(file) \(name)") }
            let (store, otherStore) = (try one.store(file), try other.store(file))
            for name in store.names { #expect(store.shape(of: name) == otherStore.shape(of: name), "\(name)") }
        }
        #expect(withoutName(one) == withoutName(other))
    }

    private func withoutName(_ model: AssembledModel) -> JSONValue? {
        guard var members = model.document.object else { return nil }
        members["name"] = nil
        // Settings files beside the weights write whole numbers as such.
        return .object(members)
    }

    @Test func motionInItsTwoLayouts() throws {
        let one = try AssembledModel(FileFixtures.moving("base"))
        let other = try AssembledModel(FileFixtures.moving("base") { $0.motion = FileFixtures.path("motion_v2") })
        #expect(try FileFixtures.tensors(one, .unet) == FileFixtures.tensors(other, .unet))
    }

    @Test func oldNamesOfTheAutoencoder() throws {
        let one = try AssembledModel(FileFixtures.moving("base"))
        let other = try AssembledModel(
            FileFixtures.moving("base") { $0.autoencoder = FileFixtures.path("vae_old_names.bin") })
        #expect(try FileFixtures.tensors(one, .vae) == FileFixtures.tensors(other, .vae))
    }

    @Test func settingsOfTheKinds() throws {
        let v2 = try AssembledModel(FileFixtures.moving("base")).configuration
        #expect(v2.unet.resnetNormScope == .frame && v2.unet.motionNormScope == .frame && v2.unet.usesMotionMidBlock)
        #expect(v2.frames.maximum == 32 && v2.unet.heads == 8 && v2.unet.normGroups == 8 && v2.unet.layersPerBlock == 1)
        #expect(v2.scheduler.betaSchedule == .linear && v2.scheduler.betaEnd == 0.012 && v2.scheduler.stepsOffset == 1)
        #expect(v2.scheduler.setsFinalAlphaToOne && v2.defaults.steps == 25 && v2.vae.scalingFactor == 0.18215)
        let v1 = try AssembledModel(FileFixtures.moving("base") { $0.motion = FileFixtures.path("motion_v1.ckpt") })
            .configuration
        #expect(v1.unet.resnetNormScope == .clip && v1.unet.motionNormScope == .frame && !v1.unet.usesMotionMidBlock)
        #expect(v1.frames.maximum == 24)
        let other = try AssembledModel(
            FileFixtures.moving("base") {
                $0.motion = FileFixtures.path("motion_v1.ckpt")
                $0.normScope = .diffusers
            }
        ).configuration
        #expect(other.unet.resnetNormScope == .frame && other.unet.motionNormScope == .clip)
    }

    @Test(.enabled(if: knowsAffinity)) func piaKeepsTheBasesOwnChannels() throws {
        let pia = FileFixtures.set("base") { $0.conditioner = FileFixtures.path("pia.ckpt") }
        let model = try AssembledModel(pia)
        #expect(model.configuration.unet.inputChannels == 9 && model.configuration.unet.resnetNormScope == .clip)
        let weight = try #require(try FileFixtures.tensors(model, .unet)["conv_in.weight"])
        let base = try WeightsFile(FileFixtures.path("base/unet")).source
        let (own, bias) = (try #require(base.entries["conv_in.weight"]), try #require(base.entries["conv_in.bias"]))
        let ownValues = try base.floats(own).array
        let more = try TorchFile(path: FileFixtures.path("pia.ckpt"))
        let further = try more.floats(try #require(more.entries["conv_in.weight"])).array
        for output in 0..<8 {
            #expect(Array(weight[output * 81..<output * 81 + 36]) == Array(ownValues[output * 36..<output * 36 + 36]))
            #expect(
                Array(weight[output * 81 + 36..<output * 81 + 81])
                    == Array(further[output * 81 + 36..<output * 81 + 81]))
        }
        #expect(try FileFixtures.tensors(model, .unet)["conv_in.bias"] == base.floats(bias).array)
    }

    @Test func livePhotoAdapter() throws {
        let files = FileFixtures.set("base") {
            $0.conditioner = FileFixtures.path("livephoto_adapter.safetensors")
            $0.contentEncoder = FileFixtures.path("../tiny-latent-model/content_encoder.safetensors")
        }
        let model = try AssembledModel(files)
        let settings = model.configuration
        #expect(
            settings.unet.inputChannels == 10 && settings.unet.imageCrossAttention
                && settings.unet.imageEmbeddingWidth == 8)
        #expect(
            settings.textReweighting?.frames == 16 && settings.contentEncoder?.asDINOv2?.heads == 2
                && settings.contentEncoder?.asDINOv2?.imageSize == 42)
        #expect(settings.prior?.mode == .ddim && settings.intensity.edges.first == 0.99)
        #expect(model.networks.contains(.textReweighting) && model.networks.contains(.contentEncoder))
        let alone = FileFixtures.set("base") { $0.conditioner = FileFixtures.path("livephoto_adapter.safetensors") }
        #expect(FileFixtures.message { _ = try AssembledModel(alone) }.contains("content encoder"))
    }

    @Test(arguments: [
        ("lora_kohya.safetensors", "kohya", 0.5), ("lora_peft.safetensors", "peft", 1),
        ("domain_adapter.ckpt", "domain", 1), ("motion_lora.ckpt", "motion", 0.75),
    ])
    func lowRanksAreMerged(file: String, label: String, scale: Double) throws {
        let model = try AssembledModel(
            FileFixtures.moving("base") { $0.lowRanks = [.init(path: FileFixtures.path(file), scale: scale)] })
        let expected = try SafetensorsFile(path: FileFixtures.path("lora_expected.safetensors"))
        let (unet, text) = (try FileFixtures.tensors(model, .unet), try FileFixtures.tensors(model, .textEncoder))
        let entries = expected.entries.values.filter { $0.name.hasPrefix(label + ":") }
        #expect(!entries.isEmpty)
        for entry in entries {
            let name = String(entry.name.dropFirst(label.count + 1))
            let (found, wanted) = (try #require(unet[name] ?? text[name], "\(name)"), try expected.floats(entry).array)
            // One unit in the last place of half precision: sums in another order may round to the neighbour.
            for (a, b) in zip(found, wanted) { #expect(abs(a - b) <= max(abs(b), 0.0625) / 1024, "\(name): \(a) \(b)") }
        }
        let plain = try FileFixtures.tensors(try AssembledModel(FileFixtures.moving("base")), .unet)
        #expect(unet.filter { plain[$0.key] != $0.value }.count >= entries.count - 1)
    }

    @Test func tinyAutoencoderInItsLayouts() throws {
        func tensors(_ name: String) throws -> [String: [Float]] {
            try FileFixtures.tensors(
                try AssembledModel(FileFixtures.moving("base") { $0.tinyAutoencoder = FileFixtures.path(name) }),
                .tinyAutoencoder)
        }
        #expect(try tensors("taesd.safetensors") == tensors("taesd"))
        #expect(try tensors("taesd/taesd_decoder.pth").keys.allSatisfy { $0.hasPrefix("decoder.layers.") })
    }

    // MARK: what does not go together

    @Test func wrongCombinationsNameBothFiles() throws {
        func refused(_ base: String = "base", _ change: (inout ModelFileSet) -> Void) -> String {
            FileFixtures.message { _ = try AssembledModel(FileFixtures.set(base, change)) }
        }
        let path = FileFixtures.path
        #expect(refused { _ in }.contains("does not move"))
        #expect(refused { $0.motion = path("pia.ckpt") }.contains("name it as the conditioner"))
        #expect(refused { $0.conditioner = path("motion_v1.ckpt") }.contains("name it as the motion module"))
        #expect(refused { $0.motion = path("base.ckpt") }.contains("checkpoint in one file"))
        #expect(refused { $0.autoencoder = path("motion_v1.ckpt") }.contains("an autoencoder is expected"))
        let both = refused {
            $0.motion = path("motion_v1.ckpt")
            $0.conditioner = path("pia.ckpt")
        }
        #expect(
            both.contains("motion_v1.ckpt") && both.contains("pia.ckpt") && both.contains("both bring motion modules"))
        // A motion LoRA changes a mid block that version 1 does not have.
        let lora = refused {
            $0.motion = path("motion_v1.ckpt")
            $0.lowRanks = [.init(path: path("motion_lora.ckpt"))]
        }
        #expect(lora.contains("motion_lora.ckpt") && lora.contains("does not have"))
        #expect(refused("base.ckpt") { $0.motion = path("motion_v1.ckpt") }.contains("vocab.json"))
        #expect(refused("motion_v1.ckpt") { _ in }.contains("a model is a checkpoint"))
        #expect(
            refused("base/unet") { _ in }.contains("neither config.json")
                || refused("base/unet") { _ in }.contains("format"))
        let ours = refused("../tiny-latent-model") { $0.conditioner = path("pia.ckpt") }
        #expect(ours.contains("pia.ckpt") && ours.contains("tiny-latent-model"))
    }

    @Test func motionOfAnotherWidth() throws {
        let scratch = try ScratchFolder()
        let header =
            #"{"down_blocks.0.motion_modules.0.norm.weight": {"dtype": "F32", "shape": [4], "data_offsets": [0, 16]}}"#
        let motion = try scratch.write(
            SafetensorsBytes.make(header: header, data: [UInt8](repeating: 0, count: 16)), "wide.safetensors")
        let message = FileFixtures.message { _ = try AssembledModel(FileFixtures.set("base") { $0.motion = motion }) }
        #expect(message.contains("wide.safetensors") && message.contains("files/base") && message.contains("[4]"))
    }

    @Test func aFolderOfOursAloneIsItself() throws {
        let model = try AssembledModel(FileFixtures.set("../tiny-latent-model"))
        let folder = try ModelFolder(path: FileFixtures.path("../tiny-latent-model"))
        #expect(model.files == folder.files)
        #expect(try FileFixtures.tensors(model, .unet) == FileFixtures.tensors(folder, .unet))
    }
}
