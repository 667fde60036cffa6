import LPTensor
import LPTestSupport
import LPWeights
import Testing

@testable import LPPipeline

/// The whole pipeline against the PyTorch reference: same photo, prompt, level and seed.
@Suite struct PipelineParityTests {
    static let names = [
        "tiny_ddim", "tiny_guided_dpm", "tiny_two_frames", "latent_ddim", "latent_euler", "latent_long_loop", "pia_ddim",
        "pia_euler_rescaled", "pia_long_lcm", "pia_loop", "reference_unipc", "animatediff_ancestral", "animatediff_long",
        "animatediff_one",
    ]

    @Test(arguments: names) func equalsPyTorch(name: String) throws {
        let fixture = try PipelineFixture(name)
        try expectParity(name, fixture, try fixture.model.load())
    }

    /// An adapter as the training writes it, over a base in diffusers' layout (Tests/Reference/adapter_fixtures.py).
    @Test func trainedAdapterEqualsPyTorch() throws {
        var files = ModelFileSet(base: "\(TinyModel.fixtures)/files/base")
        files.conditioner = "\(TinyModel.fixtures)/files/trained_adapter.safetensors"
        files.contentEncoder = "\(TinyModel.paper.path)/content_encoder.safetensors"
        files.workingSide = 32
        let model = try AnimationModel(files: files)
        #expect(model.configuration.intensity.edges.count == 9 && model.configuration.textReweighting?.frames == 16)
        try expectParity("trained_adapter", try PipelineFixture("trained_adapter"), model)
    }

    private func expectParity(_ name: String, _ fixture: PipelineFixture, _ model: AnimationModel) throws {
        let pipeline = try configured(fixture, model)
        _ = try pipeline.step()
        let run = try #require(pipeline.run)
        expectClose(
            run.loop.space.reference, try fixture.channelsLast("reference"), label: "\(name): reference latent", tolerance: 1e-4)
        if run.loop.stepCount == pipeline.parameters.steps {  // else the photo is in it too
            let scale = Float(run.loop.initialNoiseScale)
            let start = try fixture.channelsLast("start")
            for index in 0..<start.count { start.pointer[index] *= scale }
            expectClose(run.loop.latents, start, label: "\(name): noise with prior inversion", tolerance: 1e-4)
        }

        let frames = try pipeline.finish()
        expectClose(
            try #require(pipeline.run).loop.latents, try fixture.channelsLast("u"), label: "\(name): denoised u", tolerance: 1e-3)
        let expected = try fixture.bytes("frames")
        #expect(frames.count == expected.count)
        let largest = zip(frames, expected).map { abs(Int($0) - Int($1)) }.max() ?? 255
        #expect(largest <= 2, "\(name): frames differ by up to \(largest)/255")
    }

    /// Layered motion heads: everything up to the denoised clip, and the previews, which show the plain composition.
    @Test(arguments: ["layered_ddim", "layered_guided"]) func layeredEqualsPyTorch(name: String) throws {
        let fixture = try PipelineFixture(name)
        let pipeline = try configured(fixture, try fixture.model.load())
        let request = try #require(fixture.request.object)
        for _ in 0...(try #require(request["steps"]?.integer)) { _ = try pipeline.step() }
        let run = try #require(pipeline.run)
        expectClose(run.loop.latents, try fixture.channelsLast("u"), label: "\(name): denoised u", tolerance: 2e-3)
        let expected = try fixture.bytes("frames")
        let count = expected.count / pipeline.parameters.frames
        for index in 1..<pipeline.parameters.frames {
            let frame = try pipeline.preview(frame: index)
            #expect(frame.count == count)
            let differences = zip(frame, expected[index * count..<(index + 1) * count]).map { abs(Int($0) - Int($1)) }
            // Masks are thresholded: a cell on the edge may fall on either side.
            #expect(differences.filter { $0 > 2 }.count <= count / 200, "\(name), frame \(index): up to \(differences.max() ?? 255)/255")
        }
    }

    private func configured(_ fixture: PipelineFixture, _ model: AnimationModel) throws -> AnimationPipeline {
        let request = try #require(fixture.request.object)
        let pipeline = AnimationPipeline(model: model)
        let shape = try fixture.shape("photo")
        try pipeline.setPhoto(Photo(width: shape[1], height: shape[0], pixels: fixture.bytes("photo")))
        try pipeline.setPrompt(try #require(request["prompt"]?.string))
        if let negative = request["negative"]?.string { try pipeline.setNegativePrompt(negative) }
        try pipeline.setIntensity(try #require(request["level"]?.real))
        try pipeline.setFrames(try #require(request["frames"]?.integer))
        try pipeline.setSteps(try #require(request["steps"]?.integer))
        try pipeline.setGuidance(try #require(request["guidance"]?.real))
        if let name = request["sampler"]?.string { try pipeline.setSampler(try #require(SamplerKind(rawValue: name))) }
        if let share = request["guidance_rescale"]?.real { try pipeline.setGuidanceRescale(share) }
        try pipeline.setLoops(request["loop"]?.boolean ?? false)
        try pipeline.setSeed(UInt64(try #require(request["seed"]?.integer)))
        return pipeline
    }
}
