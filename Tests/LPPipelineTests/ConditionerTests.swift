import LPTensor
import LPWeights
import Testing

@testable import LPPipeline

/// What the network is told about photo and motion level, by the layout of its input.
@Suite struct ConditionerTests {
    let compute = Compute(threads: 1)

    private func channel(_ model: TinyModel, _ index: Int, frames: Int, level: Double, loops: Bool = false) throws -> [Float] {
        let configuration = try model.load().configuration.conditioning
        let reference = try Tensor([Float](repeating: 0.5, count: 8), shape: [1, 1, 2, 4])
        let input = try ConditionedInput(
            configuration, reference: reference, frames: frames, intensity: level, loops: loops)
        let channels = try input(try Tensor(zeros: [frames, 1, 2, 4]), compute)
        let count = channels.shape[3]
        return (0..<frames).map { channels.pointer[$0 * 2 * count + index] }
    }

    /// PIA's published lists, which repeat their last value.
    @Test func affinityIsPIAs() throws {
        #expect(try channel(.pia, 4, frames: 8, level: 3) == [1, 0.9, 0.85, 0.85, 0.85, 0.8, 0.8, 0.8])
        #expect(try channel(.pia, 4, frames: 8, level: 5) == [1, 0.8, 0.8, 0.8, 0.79, 0.78, 0.75, 0.75])
        let large = try channel(.pia, 4, frames: 16, level: 8)
        #expect(large == [1, 0.8, 0.7, 0.7, 0.7, 0.7, 0.7, 0.7, 0.7, 0.7, 0.6, 0.5, 0.5, 0.5, 0.5, 0.5])
        #expect(try channel(.pia, 4, frames: 16, level: 10).min() == 0.2)
        // Between the levels in straight lines; no frame is calmer at a higher level.
        #expect(abs(try channel(.pia, 4, frames: 3, level: 4)[2] - 0.825) < 1e-6)
        let rising = try stride(from: 1.0, through: 10, by: 0.5).map { try channel(.pia, 4, frames: 12, level: $0) }
        for (calm, lively) in zip(rising, rising.dropFirst()) {
            #expect(zip(calm, lively).allSatisfy { $0 >= $1 } && calm != lively)
            #expect(calm[0] == 1)
        }
    }

    @Test func loopsComeBack() throws {
        let large = try channel(.pia, 4, frames: 16, level: 8, loops: true)
        #expect(large == [1, 0.8, 0.7, 0.7, 0.7, 0.7, 0.6, 0.5, 0.5, 0.5, 0.6, 0.7, 0.7, 0.7, 0.7, 0.8])
        #expect(try channel(.paper, 8, frames: 5, level: 5, loops: true) == [0, 0.4, 0.8, 0.8, 0.4])
        #expect(try channel(.paper, 8, frames: 5, level: 5) == [0, 0.25, 0.5, 0.75, 1])
    }

    @Test func layouts() throws {
        #expect(try channel(.pia, 0, frames: 2, level: 5) == [0, 0])
        #expect(try channel(.pia, 5, frames: 2, level: 5) == [0.5, 0.5])
        #expect(try channel(.paper, 9, frames: 2, level: 6.5) == [6.5, 6.5])
        #expect(try channel(.animateDiff, 3, frames: 2, level: 6.5) == [0, 0])
        let models = try [TinyModel.full, .paper, .pia, .animateDiff].map { try $0.load().configuration }
        #expect(models.map(\.conditioning.strength) == [1, 1, 1, 0.8])
        #expect(models.map { $0.conditioning.motionScale == nil } == [true, true, true, false])
        #expect(models.map { $0.defaults.negativePrompt.isEmpty } == [true, true, false, true])
        let scale = try #require(models[3].conditioning.motionScale)
        #expect([1, 3, 5, 10].map { scale.value(0, level: $0) } == [0.6, 0.8, 1, 1.4])
    }

    /// A model folder with a tiny autoencoder shows its previews; the clip is the large one's.
    @Test func previewsAreTheTinyAutoencoders() throws {
        let model = try TinyModel.pia.load()
        #expect(model.networks.map(\.name).last == "taesd")
        let pipeline = try TinyModel.pia.pipeline(width: 48, height: 48)
        for _ in 0..<4 { _ = try pipeline.step() }
        let preview = try pipeline.preview(frame: 1)
        let size = try #require(pipeline.previewSize)
        #expect(preview.count == size.width * size.height * 3)
        _ = try pipeline.finish()
        let run = try #require(pipeline.run)
        let latents = try #require(run.loop.estimate).slice(1..<2)
        let tiny = try #require(model.tinyAutoencoder).decode(latents, compute)
        let wanted = (0..<tiny.count).map { min(max((tiny.pointer[$0] + 1) / 2, 0), 1) * 255 }
        #expect(zip(preview, wanted).allSatisfy { abs(Float($0) - $1) < 1 })
        #expect(try pipeline.withFrame(1) { Array($0) } != preview)
    }

    /// The level moves an AnimateDiff clip by its motion modules; one frame knows nothing of it.
    @Test func levelIsMotionScale() throws {
        let pipeline = try TinyModel.animateDiff.pipeline()
        let clip = try pipeline.finish()
        try pipeline.setIntensity(9)
        #expect(try pipeline.finish() != clip)
        try pipeline.setFrames(1)
        let one = try pipeline.finish()
        try pipeline.setIntensity(1)
        #expect(try pipeline.finish() == one)
    }

    /// Windows do not know how many threads there are, and a long clip has as many frames as asked for.
    @Test(arguments: [TinyModel.paper, .pia, .animateDiff], [false, true])
    func longClips(model: TinyModel, loops: Bool) throws {
        func clip(threads: Int) throws -> [UInt8] {
            let pipeline = try model.pipeline(width: 32, height: 32, threads: threads)
            try pipeline.setFrames(21)
            try pipeline.setSteps(2)
            try pipeline.setLoops(loops)
            return try pipeline.finish()
        }
        let once = try clip(threads: 1)
        #expect(once.count == 21 * 32 * 32 * 3)
        #expect(try clip(threads: 3) == once)
    }
}
