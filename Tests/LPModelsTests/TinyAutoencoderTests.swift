import LPModels
import LPTensor
import LPWeights
import Testing

@Suite struct TinyAutoencoderTests {
    private func load(_ shapes: [String: [Int]]) throws -> TinyAutoencoder {
        let store = try NetworkFixture.store(shapes)
        let network = try TinyAutoencoder(store.root, latentChannels: 4)
        try store.finish()
        return network
    }

    @Test func equalsDiffusers() throws {
        let fixture = try NetworkFixture("vae/tiny")
        let network = try load(fixture.shapes)
        let pixels = try SeededTensor.make("input.pixels", [2, 24, 32, 3])
        let latents = try SeededTensor.make("input.latents", [2, 3, 4, 4], factor: 4)
        let outputs = try (1...3).map { threads in
            let compute = Compute(threads: threads)
            return (try network.encode(pixels, compute), try network.decode(latents, compute))
        }
        #expect(try relativeError(outputs[0].0, fixture.output("encoded")) < 1e-4)
        #expect(try relativeError(outputs[0].1, fixture.output("decoded")) < 1e-4)
        for other in outputs.dropFirst() {
            #expect(other.0.array == outputs[0].0.array)
            #expect(other.1.array == outputs[0].1.array)
        }
    }

    /// Published totals of TAESD.
    @Test func countsTheParameters() throws {
        let shapes = TinyAutoencoder.weightShapes()
        #expect(shapes.count { $0.hasPrefix("encoder.") } == 1_222_532)
        #expect(shapes.count { $0.hasPrefix("decoder.") } == 1_222_531)
        #expect(try TinyAutoencoder.weightShapes(width: 8).shapes == NetworkFixture("vae/tiny").shapes)
    }

    @Test func refusesWhatDoesNotFit() throws {
        let fixture = try NetworkFixture("vae/tiny")
        let compute = Compute(threads: 1)
        let decoder = try load(fixture.shapes.filter { $0.key.hasPrefix("decoder.") })
        #expect(throws: TensorError.self) { try decoder.encode(try Tensor(zeros: [1, 8, 8, 3]), compute) }
        #expect(throws: TensorError.self) { try decoder.decode(try Tensor(zeros: [1, 2, 2, 3]), compute) }
        #expect(throws: TensorError.self) { try decoder.decode(try Tensor(zeros: [0, 2, 2, 4]), compute) }
        let network = try load(fixture.shapes)
        #expect(throws: TensorError.self) { try network.encode(try Tensor(zeros: [1, 12, 8, 3]), compute) }
        var fewer = fixture.shapes
        fewer["decoder.layers.17.conv.4.bias"] = nil
        #expect(throws: WeightError.self) { try load(fewer) }
        compute.cancellation.cancel()
        #expect(throws: TensorError.cancelled) { try network.decode(try Tensor(zeros: [1, 2, 2, 4]), compute) }
    }
}
