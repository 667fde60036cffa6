import LPModels
import LPTensor
import LPTestSupport
import Testing

@testable import LPWeights

/// Parity with transformers and torch. Regenerate with Tests/Reference/content_fixtures.py.
@Suite struct ContentTests {
    private static func configuration(_ extra: String) throws -> DINOv2Configuration {
        try DINOv2Configuration(
            try ModelFixtures.settings(
                """
                {"hidden_size": 24, "num_hidden_layers": 2, "num_attention_heads": 3, "mlp_ratio": 3, "patch_size": 7,
                 "image_size": 28 \(extra)}
                """))
    }

    private static let variants = [
        ("plain", ""), ("registers", #", "num_register_tokens": 3"#), ("gated", #", "use_swiglu_ffn": true"#),
    ]

    @Test(arguments: variants, ["28x28", "42x42", "35x21", "14x56"])
    func encoderEqualsTransformers(variant: (name: String, settings: String), size: String) throws {
        let store = try ModelFixtures.store("content/dinov2_\(variant.name).safetensors")
        let encoder = try DINOv2Encoder(store.root, try Self.configuration(variant.settings))
        try store.finish()
        let cases = try ModelFixtures.store("content/content_cases.safetensors")
        let image = try ModelFixtures.tensor(cases, "image.\(size)")
        let tokens = try encoder(image, Compute(threads: 2))
        let name = "\(variant.name).\(size)"
        expectClose(tokens, try ModelFixtures.tensor(cases, name), label: name, tolerance: 1e-4)
    }

    @Test(arguments: ["stretch.45x61", "stretch.20x13", "stretch.9x40", "crop.45x61", "crop.20x13"])
    func preprocessingEqualsTorch(name: String) throws {
        let cases = try ModelFixtures.store("content/content_cases.safetensors")
        let parts = name.split(separator: ".")
        let photo = try ModelFixtures.tensor(cases, "photo.\(parts[1])")
        let configuration = try Self.configuration(#", "resize": "\#(parts[0])""#)
        let prepared = try ContentPreprocessing.prepare(photo, configuration, Compute(threads: 1))
        expectClose(prepared, try ModelFixtures.tensor(cases, name), label: name, tolerance: 1e-4)
    }

    @Test func veryLongPhotoIsCroppedWithoutMuchMemory() throws {
        let configuration = try Self.configuration(#", "resize": "crop""#)
        for shape in [[1, 2, 2048, 3], [1, 2048, 2, 3], [1, 1, 1, 3]] {
            let prepared = try ContentPreprocessing.prepare(
                try Tensor(zeros: shape), configuration, Compute(threads: 1))
            #expect(prepared.shape == [1, 28, 28, 3])
        }
    }

    @Test func wrongShapesAreErrors() throws {
        let configuration = try Self.configuration("")
        let store = try ModelFixtures.store("content/dinov2_plain.safetensors")
        let encoder = try DINOv2Encoder(store.root, configuration)
        let compute = Compute(threads: 1)
        for shape in [[1, 6, 28, 3], [1, 28, 28, 4], [28, 28, 3], [0]] {
            let image = try Tensor(zeros: shape)
            #expect(throws: TensorError.self) { try encoder(image, compute) }
        }
        for shape in [[2, 28, 28, 3], [1, 0, 28, 3], [1, 28, 28, 1], [3]] {
            let photo = try Tensor(zeros: shape)
            #expect(throws: TensorError.self) { try ContentPreprocessing.prepare(photo, configuration, compute) }
        }
    }

    @Test func missingRegistersAreNamed() throws {
        let store = try ModelFixtures.store("content/dinov2_plain.safetensors")
        let configuration = try Self.configuration(#", "num_register_tokens": 3"#)
        #expect(throws: WeightError.missing(path: store.path, tensor: "embeddings.register_tokens")) {
            try DINOv2Encoder(store.root, configuration)
        }
    }

    @Test func registersThatTheConfigurationDoesNotKnowAreSurplus() throws {
        let store = try ModelFixtures.store("content/dinov2_registers.safetensors")
        _ = try DINOv2Encoder(store.root, try Self.configuration(""))
        #expect(throws: WeightError.surplus(path: store.path, tensors: ["embeddings.register_tokens"])) {
            try store.finish()
        }
    }
}
