import LPModels
import LPTensor
import LPWeights
import Testing

@Suite struct UNetTests {
    static let cases = ["motion_small", "motion_deep", "motion_large", "image_model", "live_latent", "live_mini"]

    /// Inputs of a case, for its first `frames` frames.
    private func run(
        _ fixture: NetworkFixture, frames: Int? = nil, threads: Int = 2, mapped: Bool = false
    ) throws -> UNetOutput {
        let store = try fixture.weights(mapped: mapped)
        let unet = try UNet(store.root, fixture.configuration.unet)
        try store.finish()
        return try run(unet, fixture, frames: frames, compute: Compute(threads: threads))
    }

    private func run(_ unet: UNet, _ fixture: NetworkFixture, frames: Int?, compute: Compute) throws -> UNetOutput {
        let c = unet.configuration
        let all = try fixture.input("frames")
        let frames = frames ?? all
        let x = try SeededTensor.make(
            "input.sample", [all, fixture.input("height"), fixture.input("width"), c.inputChannels], factor: 1.7)
        let rows = try fixture.input("text_rows")
        let text = try SeededTensor.make("input.text", [rows, 5, c.crossAttentionWidth], factor: 1.7)
        let content = try SeededTensor.make("input.content", [1, 7, 6], factor: 1.7)
        let bag = try SeededTensor.make("input.bag", [all, c.crossAttentionWidth], factor: 1.7)
        let context = try unet.context(
            frames: frames, text: try text.slice(0..<min(rows, frames)), content: content,
            textBag: try bag.slice(0..<frames), level: Float(try #require(fixture.inputs["level"])), compute)
        return try unet(
            try x.slice(0..<frames), timestep: Float(try #require(fixture.inputs["timestep"])), context, compute)
    }

    @Test(arguments: cases) func equalsTheReference(_ name: String) throws {
        let fixture = try NetworkFixture("unet/\(name)")
        let output = try run(fixture)
        #expect(try relativeError(output.prediction, fixture.output("prediction")) < 1e-4)
        #expect((output.motion != nil) == (fixture.configuration.unet.motionHead != nil))
        if let motion = output.motion {
            #expect(try relativeError(motion.dense, fixture.output("dense")) < 1e-4)
            #expect(try relativeError(motion.affine, fixture.output("affine")) < 1e-4)
        }
        let large = try run(fixture, mapped: true)
        #expect(try relativeError(large.prediction, fixture.output("prediction")) < 1e-4)
        let one = try run(fixture, frames: 1)
        #expect(try relativeError(one.prediction, fixture.output("prediction_of_one")) < 1e-4)
    }

    @Test(arguments: cases) func bytesDoNotDependOnThreads(_ name: String) throws {
        let fixture = try NetworkFixture("unet/\(name)")
        let outputs = try (1...3).map { try run(fixture, threads: $0) }
        for output in outputs.dropFirst() {
            #expect(output.prediction.array == outputs[0].prediction.array)
            #expect(output.motion?.dense.array == outputs[0].motion?.dense.array)
            #expect(output.motion?.affine.array == outputs[0].motion?.affine.array)
        }
    }

    /// The same spatial weights without motion modules give the same bytes for one frame.
    @Test func oneFrameIsTheImageModel() throws {
        let fixture = try NetworkFixture("unet/motion_small")
        let image = try NetworkFixture("unet/motion_small_image")
        #expect(!image.configuration.unet.usesMotionModules)
        let video = try run(fixture, frames: 1).prediction
        let still = try run(image, frames: 1).prediction
        #expect(video.array == still.array)
        #expect(try run(fixture, frames: 2).prediction.slice(0..<1).array != still.array)
    }

    @Test(arguments: cases) func shapesAreTheFilesShapes(_ name: String) throws {
        let fixture = try NetworkFixture("unet/\(name)")
        let shapes = try fixture.configuration.unet.weightShapes(linearProjections: name == "motion_deep")
        #expect(shapes.shapes == fixture.shapes)
        let store = try fixture.weights()
        _ = try UNet(store.root, fixture.configuration.unet)
        #expect(store.parameterCount == shapes.parameterCount)
    }

    /// Published totals of Stable Diffusion 1.5 and of AnimateDiff's second motion modules.
    @Test func countsTheParametersOfKnownModels() throws {
        let ten = try NetworkFixture("unet/full_size").configuration
        let shapes = try ten.unet.weightShapes()
        #expect(shapes.count { $0.contains("motion_modules") } == 453_209_280)
        #expect(shapes.count { !$0.contains("motion_modules") } == 859_538_244)
        let input = 320 * 6 * 9  // what ten channels have more than four
        #expect(shapes.count { !$0.contains("motion_modules") } - input == 859_520_964)
    }

    @Test func refusesWhatDoesNotFit() throws {
        let fixture = try NetworkFixture("unet/live_mini")
        let unet = try UNet(try fixture.weights().root, fixture.configuration.unet)
        let compute = Compute(threads: 1)
        let text = try Tensor(zeros: [3, 5, 12])
        let content = try Tensor(zeros: [1, 7, 6])
        let bag = try Tensor(zeros: [3, 12])
        #expect(throws: TensorError.self) {
            try unet.context(frames: 2, text: text, content: content, textBag: bag, compute)
        }
        #expect(throws: TensorError.self) { try unet.context(frames: 3, text: text, textBag: bag, compute) }
        #expect(throws: TensorError.self) { try unet.context(frames: 3, text: text, content: content, compute) }
        let context = try unet.context(frames: 3, text: text, content: content, textBag: bag, level: 5, compute)
        #expect(throws: TensorError.self) { try unet(try Tensor(zeros: [4, 4, 4, 10]), timestep: 1, context, compute) }
        #expect(throws: TensorError.self) { try unet(try Tensor(zeros: [3, 4, 4, 9]), timestep: 1, context, compute) }
        var fewer = fixture.shapes
        fewer["mid_block.resnets.0.conv1.bias"] = nil
        #expect(throws: WeightError.self) { try UNet(try NetworkFixture.store(fewer).root, fixture.configuration.unet) }
    }

    @Test func stopsWhenCancelled() throws {
        let fixture = try NetworkFixture("unet/live_mini")
        let unet = try UNet(try fixture.weights().root, fixture.configuration.unet)
        let compute = Compute(threads: 2)
        compute.cancellation.cancel()
        #expect(throws: TensorError.cancelled) { try run(unet, fixture, frames: nil, compute: compute) }
        compute.cancellation.reset()
        _ = try run(unet, fixture, frames: nil, compute: compute)
    }

    /// Latent sides that cannot be halved evenly, down to one cell.
    @Test(arguments: [[1, 1], [3, 5], [7, 2]]) func anySizeWorks(_ size: [Int]) throws {
        let fixture = try NetworkFixture("unet/live_mini")
        let unet = try UNet(try fixture.weights().root, fixture.configuration.unet)
        let compute = Compute(threads: 2)
        let context = try unet.context(
            frames: 2, text: try SeededTensor.make("t", [1, 5, 12]), content: try SeededTensor.make("c", [1, 3, 6]),
            textBag: try Tensor(zeros: [2, 12]), level: 5, compute)
        let output = try unet(try SeededTensor.make("x", [2] + size + [10]), timestep: 999, context, compute)
        #expect(output.prediction.shape == [2] + size + [4])
        #expect(output.motion?.dense.shape == [2, 2 * size[0], 2 * size[1], 3])
        #expect(output.prediction.array.allSatisfy { $0.isFinite })
    }
}
