import Foundation
import LPWeights
import Testing

@testable import LPPipeline

/// Whole runs of models that were put together from files (Tests/Reference/file_fixtures.py).
@Suite struct AssembledModelTests {
    private static let folder = "\(TinyModel.fixtures)/files"
    static let knowsAffinity = ConditioningConfiguration.Channel(rawValue: "affinity") != nil

    private func files(_ base: String, _ change: (inout ModelFileSet) -> Void = { _ in }) -> ModelFileSet {
        var files = ModelFileSet(base: "\(Self.folder)/\(base)")
        files.tokenizer = "\(Self.folder)/base/tokenizer"
        files.motion = "\(Self.folder)/motion_v2.safetensors"
        files.workingSide = 32
        change(&files)
        return files
    }

    private func frames(_ model: AnimationModel) throws -> [UInt8] {
        let pipeline = AnimationPipeline(model: model)
        try pipeline.setPhoto(TinyModel.photo(width: 40, height: 32))
        try pipeline.setPrompt("the camera zooms in")
        try pipeline.setFrames(3)
        try pipeline.setSteps(2)
        try pipeline.setSeed(7)
        return try pipeline.finish()
    }

    private func frames(_ files: ModelFileSet) throws -> [UInt8] { try frames(try AnimationModel(files: files)) }

    @Test func everyLayoutGivesTheSameFrames() throws {
        let expected = try frames(files("base"))
        #expect(Set(expected).count > 20)
        for base in ["base.safetensors", "base.ckpt"] { #expect(try frames(files(base)) == expected, "\(base)") }
        #expect(try frames(files("base") { $0.motion = "\(Self.folder)/motion_v2" }) == expected)
        #expect(try frames(files("base") { $0.autoencoder = "\(Self.folder)/vae_old_names.bin" }) == expected)
    }

    @Test func everyPartChangesTheFrames() throws {
        var seen = [try frames(files("base"))]
        func add(_ label: String, _ change: (inout ModelFileSet) -> Void) throws {
            let found = try frames(files("base", change))
            #expect(!seen.contains(found), "\(label)")
            seen.append(found)
        }
        try add("version 1") { $0.motion = "\(Self.folder)/motion_v1.ckpt" }
        try add("norm scope") { $0.normScope = .diffusers }
        try add("LoRA") { $0.lowRanks = [.init(path: "\(Self.folder)/lora_kohya.safetensors")] }
        try add("LoRA, stronger") { $0.lowRanks = [.init(path: "\(Self.folder)/lora_kohya.safetensors", scale: 2)] }
        try add("motion LoRA") { $0.lowRanks = [.init(path: "\(Self.folder)/motion_lora.ckpt")] }
        try add("adapter") {
            $0.motion = nil
            $0.conditioner = "\(Self.folder)/livephoto_adapter.safetensors"
            $0.contentEncoder = "\(TinyModel.paper.path)/content_encoder.safetensors"
        }
    }

    @Test(.enabled(if: knowsAffinity)) func piaRuns() throws {
        let pia = files("base.ckpt") {
            $0.motion = nil
            $0.conditioner = "\(Self.folder)/pia.ckpt"
        }
        #expect(Set(try frames(pia)).count > 20)
    }

    @Test func convertedEqualsRunDirectly() throws {
        let target = NSTemporaryDirectory() + "/livephoto-convert-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: target) }
        // Weights of these files are halves, merged or not: nothing is lost in a folder of halves.
        let source = files("base.ckpt") {
            $0.lowRanks = [.init(path: "\(Self.folder)/lora_peft.safetensors", scale: 0.8)]
        }
        let expected = try frames(source)
        for (name, precision) in [("half", AnimationModel.StoredPrecision.half), ("single", .single)] {
            var seen: [Double] = []
            let model = try AnimationModel.convert(source, to: "\(target)-\(name)", precision: precision) {
                seen.append($0)
                return true
            }
            defer { try? FileManager.default.removeItem(atPath: "\(target)-\(name)") }
            #expect(seen == seen.sorted() && (seen.last ?? 0) >= 0.99 && seen.count > 100)
            #expect(try frames(model) == expected, "\(name)")
            #expect(try frames(try AnimationModel(folder: "\(target)-\(name)")) == expected, "\(name), loaded anew")
            #expect(throws: PipelineError.self) {
                try AnimationModel.convert(source, to: "\(target)-\(name)", precision: precision) { _ in true }
            }
        }
    }

    @Test func stoppedOrFailedConversionLeavesNothing() throws {
        let parent = NSTemporaryDirectory() + "/livephoto-convert-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: parent) }
        for limit in [0.0, 0.1, 0.3, 0.5, 0.86, 0.99] {
            #expect(throws: PipelineError.self) {
                try AnimationModel.convert(files("base.ckpt"), to: "\(parent)/model", precision: .half) { $0 < limit }
            }
        }
        #expect(throws: PipelineError.self) {
            try AnimationModel.convert(files("motion_v1.ckpt"), to: "\(parent)/model", precision: .half) { _ in true }
        }
        #expect(throws: PipelineError.self) {
            try AnimationModel.convert(files("base.ckpt"), to: "\(parent)/no/such/place", precision: .half) { _ in true }
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: parent).isEmpty)
    }
}
