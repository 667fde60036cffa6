import LPModels
import LPTensor
import LPTestSupport
import Testing

@testable import LPWeights

/// Parity with transformers and torch. Regenerate with Tests/Reference/text_fixtures.py.
@Suite struct TextNetworkTests {
    private static func configuration() throws -> TextEncoderConfiguration {
        try TextEncoderConfiguration(
            try ModelFixtures.settings(
                """
                {"vocab_size": 60, "hidden_size": 32, "num_hidden_layers": 3, "num_attention_heads": 4,
                 "intermediate_size": 48, "max_position_embeddings": 12}
                """))
    }

    private static func encoder(_ file: String) throws -> CLIPTextEncoder {
        let store = try ModelFixtures.store("text/\(file).safetensors")
        let encoder = try CLIPTextEncoder(store.root, try configuration())
        try store.finish()
        return encoder
    }

    @Test(arguments: [("text_encoder", 1e-4), ("text_encoder_half", 5e-3)])
    func textEncoderEqualsTransformers(file: String, tolerance: Double) throws {
        let cases = try ModelFixtures.store("text/text_cases.safetensors")
        let ids = try ModelFixtures.tensor(cases, "ids")
        let expected = try ModelFixtures.tensor(cases, "states")
        let encoder = try Self.encoder(file)
        let compute = Compute(threads: 1)
        for row in 0..<2 {
            let tokens = try ids.slice(row..<(row + 1)).array.map { Int($0) }
            expectClose(
                try encoder(tokens, compute), try expected.slice(row..<(row + 1)), label: file, tolerance: tolerance)
        }
    }

    @Test func tokensBeyondTheVocabularyAreAnError() throws {
        let encoder = try Self.encoder("text_encoder")
        let compute = Compute(threads: 1)
        for ids in [[60], [-1], [Int.max], [Int](repeating: 0, count: 13)] {
            #expect(throws: TensorError.self) { try encoder(ids, compute) }
        }
    }

    @Test(arguments: [("one", 1, "gelu"), ("five", 5, "relu")], [1, 3, 5, 16])
    func reweightingEqualsTorch(variant: (name: String, rows: Int, activation: String), frames: Int) throws {
        let settings = try ModelFixtures.settings(
            """
            {"num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 40, "frames": \(variant.rows),
             "hidden_act": "\(variant.activation)"}
            """)
        let store = try ModelFixtures.store("text/reweighting_\(variant.name).safetensors")
        let reweighting = try TextReweighting(
            store.root, try TextReweightingConfiguration(settings, hiddenSize: 32), hiddenSize: 32)
        try store.finish()
        let cases = try ModelFixtures.store("text/text_cases.safetensors")
        let states = try ModelFixtures.tensor(cases, "states").slice(0..<1)
        let text = try reweighting(states, frames: frames, validCount: 7, Compute(threads: 1))
        let key = "\(variant.name).\(frames)"
        expectClose(text.weights, try ModelFixtures.tensor(cases, "\(key).weights"), label: key, tolerance: 1e-4)
        expectClose(text.states, try ModelFixtures.tensor(cases, "\(key).states"), label: key, tolerance: 1e-4)
        expectClose(text.bag, try ModelFixtures.tensor(cases, "\(key).bag"), label: key, tolerance: 1e-4)
    }

    @Test func withoutReweightingTheStatesAreRepeated() throws {
        let states = try Tensor([1, 2, 3, 4, 5, 6], shape: [1, 3, 2])
        let text = try TextConditioning(unweighted: states, frames: 2, validCount: 2)
        #expect(text.states.shape == [2, 3, 2])
        #expect(text.states.array == [1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6])
        #expect(text.bag.array == [2, 3, 2, 3])
        #expect(text.weights.array == [Float](repeating: 1, count: 6))
    }

    @Test func impossibleCountsAreErrors() throws {
        let states = try Tensor(zeros: [1, 3, 2])
        for count in [0, -1, 4] {
            #expect(throws: TensorError.self) {
                try TextConditioning(unweighted: states, frames: 2, validCount: count)
            }
        }
        #expect(throws: TensorError.self) { try TextConditioning(unweighted: states, frames: -1, validCount: 1) }
    }
}
