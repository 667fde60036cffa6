import LPTensor
import LPTestSupport
import Testing

@testable import LPModels
@testable import LPWeights

/// Parity with Training/livephoto_training. Regenerate with Tests/Reference/mask_fixtures.py.
@Suite struct EfficientNetTests {
    private static func folder() throws -> ModelFolder {
        try ModelFolder(path: ModelFixtures.folder.appendingPathComponent("tiny-layered-model").path)
    }

    static func encoder() throws -> ContentEncoder {
        let folder = try folder()
        let store = try folder.store(.contentEncoder)
        let encoder = try ContentEncoder(store.root, try #require(folder.configuration.contentEncoder))
        try store.finish()
        return encoder
    }

    @Test(arguments: ["64x32", "33x47", "50x71", "1x5"]) func equalsTheReference(size: String) throws {
        let cases = try ModelFixtures.store("masks/efficientnet.safetensors")
        let photo = try ModelFixtures.tensor(cases, "photo.\(size)")
        let seen = try Self.encoder()(photo, Compute(threads: 2))
        expectClose(seen.tokens, try ModelFixtures.tensor(cases, "tokens.\(size)"), label: size, tolerance: 1e-5)
        let pyramid = try #require(seen.pyramid)
        #expect(pyramid.count == 6)
        for (index, features) in pyramid.enumerated() {
            let expected = try ModelFixtures.tensor(cases, "pyramid.\(size).\(index)")
            expectClose(features, expected, label: "\(size), \(index)", tolerance: 1e-5)
        }
        let alone = try Self.encoder()(photo, Compute(threads: 1))
        expectIdentical(alone.tokens, seen.tokens, label: "one thread")
    }

    /// Weights of a mapped file go other ways through the same layers.
    @Test func mappedWeightsGiveTheSame() throws {
        let folder = try Self.folder()
        let store = try WeightStore(path: folder.path(of: .contentEncoder), mappingThreshold: 1)
        #expect(!store.mappings.isEmpty)
        let encoder = try ContentEncoder(store.root, try #require(folder.configuration.contentEncoder))
        let cases = try ModelFixtures.store("masks/efficientnet.safetensors")
        let photo = try ModelFixtures.tensor(cases, "photo.33x47")
        let tokens = try encoder(photo, Compute(threads: 1)).tokens
        expectClose(tokens, try ModelFixtures.tensor(cases, "tokens.33x47"), label: "mapped", tolerance: 1e-5)
    }

    @Test func wrongShapesAreErrors() throws {
        let encoder = try Self.encoder()
        for shape in [[2, 8, 8, 3], [1, 0, 8, 3], [1, 8, 8, 4], [8, 8, 3], []] {
            #expect(throws: TensorError.self) { try encoder(Tensor(zeros: shape), Compute(threads: 1)) }
        }
    }

    private static func configuration(_ stages: String, head: Int) throws -> ContentEncoderConfiguration {
        try ContentEncoderConfiguration(
            try ModelFixtures.settings(
                """
                {"type": "efficientnet", "stem_channels": 4, "head_channels": \(head), "mean": [0, 0, 0], "std": [1, 1, 1],
                 "stages": \(stages)}
                """))
    }

    /// The fixture's stages.
    private static let stages = [
        "[1, 4, 1, 3, 1]", "[2, 6, 2, 3, 2]", "[1, 8, 2, 5, 2]", "[1, 8, 2, 3, 2]", "[2, 10, 2, 5, 1]", "[1, 12, 2, 5, 2]",
    ]

    /// A file of another network than the configuration says, with one stage changed.
    @Test(
        arguments: [
            (0, "[1, 4, 2, 3, 1]", "blocks.0.expand.weight"), (0, "[1, 4, 1, 5, 1]", "blocks.0.depthwise.weight"),
            (1, "[3, 6, 2, 3, 2]", "blocks.3.depthwise.weight"), (4, "[1, 10, 2, 5, 1]", "blocks.6.project.weight"),
            (5, "[1, 4, 2, 5, 2]", "blocks.7.project.weight"), (5, "[2, 12, 2, 5, 2]", "blocks.8.expand.weight"),
        ] as [(Int, String, String)])
    func otherWeightsAreNamed(index: Int, stage: String, tensor: String) throws {
        var stages = Self.stages
        stages[index] = stage
        let message = try Self.failure(stages)
        #expect(message.contains("'\(tensor)'"), "\(message)")
    }

    @Test func anotherHeadIsNamed() throws {
        let message = try Self.failure(Self.stages, head: 17)
        #expect(message.contains("'head.weight'"), "\(message)")
    }

    private static func failure(_ stages: [String], head: Int = 16) throws -> String {
        let store = try folder().store(.contentEncoder)
        let configuration = try configuration("[\(stages.joined(separator: ", "))]", head: head)
        do {
            _ = try ContentEncoder(store.root, configuration)
            try store.finish()
            return "no error"
        } catch { return "\(error)" }
    }
}
