import LPModels
import LPTensor
import LPWeights
import Testing

@Suite struct VAETests {
    static let cases = ["kl", "kl_tiled", "kl_plain", "kl_linear", "linear_encoder"]

    private func load(_ fixture: NetworkFixture) throws -> Autoencoder {
        let store = try fixture.weights()
        let autoencoder = try Autoencoder(store.root, fixture.configuration.vae)
        try store.finish()
        return autoencoder
    }

    private func inputs(_ fixture: NetworkFixture) throws -> (pixels: Tensor, latents: Tensor) {
        let (frames, height, width) = (
            try fixture.input("frames"), try fixture.input("height"), try fixture.input("width")
        )
        let vae = fixture.configuration.vae
        return (
            try SeededTensor.make("input.pixels", [frames, height, width, 3]),
            try SeededTensor.make(
                "input.latents", [frames, height / vae.factor, width / vae.factor, vae.latentChannels], factor: 1.7)
        )
    }

    @Test(arguments: cases) func equalsTheReference(_ name: String) throws {
        let fixture = try NetworkFixture("vae/\(name)")
        let autoencoder = try load(fixture)
        let (pixels, latents) = try inputs(fixture)
        let outputs = try (1...3).map { threads in
            let compute = Compute(threads: threads)
            return (try autoencoder.encode(pixels, compute), try autoencoder.decode(latents, compute))
        }
        #expect(try relativeError(outputs[0].0, fixture.output("encoded")) < 1e-4)
        #expect(try relativeError(outputs[0].1, fixture.output("decoded")) < 1e-4)
        for other in outputs.dropFirst() {
            #expect(other.0.array == outputs[0].0.array)
            #expect(other.1.array == outputs[0].1.array)
        }
        let alone = try autoencoder.decode(try latents.slice(0..<1), Compute(threads: 2))
        #expect(try alone.array == outputs[0].1.slice(0..<1).array)
    }

    @Test(arguments: cases) func shapesAreTheFilesShapes(_ name: String) throws {
        let fixture = try NetworkFixture("vae/\(name)")
        #expect(fixture.configuration.vae.weightShapes.shapes == fixture.shapes)
    }

    /// Files from before diffusers renamed the attention's projections.
    @Test func readsOldAttentionNames() throws {
        let fixture = try NetworkFixture("vae/kl")
        let names = ["to_q": "query", "to_k": "key", "to_v": "value", "to_out.0": "proj_attn"]
        let store = try NetworkFixture.store(fixture.shapes) { name in
            for (new, old) in names where name.contains(".attentions.0.\(new).") {
                return name.replacing(".\(new).", with: ".\(old).")
            }
            return name
        }
        let autoencoder = try Autoencoder(store.root, fixture.configuration.vae)
        try store.finish()
        let (pixels, latents) = try inputs(fixture)
        let compute = Compute(threads: 2)
        #expect(try relativeError(autoencoder.encode(pixels, compute), fixture.output("encoded")) < 1e-4)
        #expect(try relativeError(autoencoder.decode(latents, compute), fixture.output("decoded")) < 1e-4)
    }

    /// Published totals of Stable Diffusion 1.5's autoencoder.
    @Test func countsTheParametersOfTheKnownModel() throws {
        let shapes = try NetworkFixture("unet/full_size").configuration.vae.weightShapes
        #expect(shapes.count { $0.hasPrefix("encoder.") } == 34_163_592)
        #expect(shapes.count { $0.hasPrefix("decoder.") } == 49_490_179)
        #expect(shapes.parameterCount == 34_163_592 + 49_490_179 + 72 + 20)
    }

    @Test func refusesWhatDoesNotFit() throws {
        let fixture = try NetworkFixture("vae/kl")
        let autoencoder = try load(fixture)
        let compute = Compute(threads: 1)
        #expect(throws: TensorError.self) { try autoencoder.encode(try Tensor(zeros: [1, 6, 8, 3]), compute) }
        #expect(throws: TensorError.self) { try autoencoder.encode(try Tensor(zeros: [0, 8, 8, 3]), compute) }
        #expect(throws: TensorError.self) { try autoencoder.decode(try Tensor(zeros: [1, 2, 2, 3]), compute) }
        compute.cancellation.cancel()
        #expect(throws: TensorError.cancelled) { try autoencoder.decode(try Tensor(zeros: [1, 2, 2, 4]), compute) }
    }
}
