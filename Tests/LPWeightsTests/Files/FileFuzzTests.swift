import Foundation
import LPTensor
import Testing

@testable import LPWeights

/// Damaged files of every kind through every reader: each is read or refused with an error of ours, and nothing traps.
///
/// `LIVEPHOTO_FUZZ_FILES=100000 swift test --filter FileFuzzTests` makes as many for each reader; a few hundred by default.
@Suite(.serialized) struct FileFuzzTests {
    private static let count = ProcessInfo.processInfo.environment["LIVEPHOTO_FUZZ_FILES"].flatMap { Int($0) } ?? 250
    private static let seed = ProcessInfo.processInfo.environment["LIVEPHOTO_FUZZ_SEED"].flatMap { UInt64($0) } ?? 1

    private let scratch: ScratchFolder

    init() throws { scratch = try ScratchFolder() }

    /// - Parameters:
    ///   - original: a good file
    ///   - focus: bytes of the structure, nil for all
    ///   - share: one of so many is made where a reading takes long
    ///   - read: what is done with a damaged one
    private func fuzz(
        _ original: [UInt8], _ name: String, focus: Range<Int>? = nil, share: Int = 1, _ read: (String) throws -> Void
    ) throws {
        var mutator = Mutator(seed: Self.seed)
        var refused = 0
        let count = max(Self.count / share, 6)
        for round in 0..<count {
            // Every other file is hit where the structure is; values alone tell little.
            var bytes = original
            if let focus, round % 2 == 0 {
                bytes.replaceSubrange(focus, with: mutator.mutate(Array(original[focus])))
            } else {
                bytes = mutator.mutate(original)
            }
            let path = try scratch.write(bytes, name)
            do {
                try read(path)
            } catch {
                #expect(error is WeightError || error is TensorError, "\(error)")
                refused += 1
            }
        }
        #expect(refused > count / 10)
    }

    private func readAll(_ path: String) throws {
        let file = try WeightsFile(path)
        _ = file.kind.description
        for entry in file.source.entries.values where entry.count < 1 << 20 {
            if Parameter.Precision(safetensors: entry.type) != nil { _ = try file.source.floats(entry) }
        }
    }

    @Test func torchArchives() throws {
        let bytes = try ScratchFolder.fixture("files/views.pt")
        try fuzz(bytes, "file.pt", readAll)
    }

    @Test func torchPickles() throws {
        // The pickle alone, with its length kept or changed, in an archive that is whole.
        let members = try ZipBytes.members(of: "views.pt")
        let original = try #require(members.first { $0.name == "views/data.pkl" }).content
        let data = members.filter { $0.name.hasPrefix("views/data/") }
        var mutator = Mutator(seed: Self.seed)
        var refused = 0
        for _ in 0..<Self.count {
            let path = try scratch.write(
                ZipBytes.make([("views/data.pkl", mutator.mutate(original))] + data), "file.pt")
            do { try readAll(path) } catch {
                #expect(error is WeightError || error is TensorError, "\(error)")
                refused += 1
            }
        }
        #expect(refused > Self.count / 10)
    }

    @Test func safetensors() throws {
        let bytes = try ScratchFolder.fixture("files/lora_kohya.safetensors")
        try fuzz(bytes, "file.safetensors", focus: 0..<2000, readAll)
    }

    @Test func indices() throws {
        let index = try ScratchFolder.fixture("files/base/unet/diffusion_pytorch_model.safetensors.index.json")
        for number in 1...2 {
            let name = "diffusion_pytorch_model-0000\(number)-of-00002.safetensors"
            try scratch.write(try ScratchFolder.fixture("files/base/unet/\(name)"), name)
        }
        try fuzz(index, "file.safetensors.index.json", share: 4) { path in _ = try WeightsFile(path) }
    }

    /// What gets through the readers must be refused by the assembly, or make a model.
    @Test func assembledModels() throws {
        let bytes = try ScratchFolder.fixture("files/motion_v2.safetensors")
        let header = 8..<min(bytes.count, 30_000)
        try fuzz(bytes, "motion.safetensors", focus: header, share: 40) { path in
            let model = try AssembledModel(FileFixtures.set("base") { $0.motion = path })
            _ = try model.store(.unet).names
        }
    }

    @Test func adapters() throws {
        let bytes = try ScratchFolder.fixture("files/lora_kohya.safetensors")
        try fuzz(bytes, "lora.safetensors", focus: 8..<2000, share: 40) { path in
            let files = FileFixtures.moving("base") { $0.lowRanks = [.init(path: path)] }
            let store = try AssembledModel(files).store(.textEncoder)
            _ = try store.names.map { try store.stored($0).floats() }
        }
    }

    @Test func livePhotoAdapters() throws {
        let bytes = try ScratchFolder.fixture("files/livephoto_adapter.safetensors")
        try fuzz(bytes, "adapter.safetensors", focus: 8..<1200, share: 40) { path in
            let files = FileFixtures.set("base") {
                $0.conditioner = path
                $0.contentEncoder = FileFixtures.path("../tiny-latent-model/content_encoder.safetensors")
            }
            _ = try AssembledModel(files)
        }
    }
}
