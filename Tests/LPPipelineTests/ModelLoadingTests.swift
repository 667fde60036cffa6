import Glibc
import LPPipeline
import Testing

@Suite struct ModelLoadingTests {
    @Test(arguments: ["", "/nonexistent", "/etc/passwd", "/tmp", "\0"]) func notAModel(path: String) {
        #expect(throws: PipelineError.self) { try AnimationModel(folder: path) }
    }

    @Test func progressRisesToOne() throws {
        var seen: [Double] = []
        _ = try AnimationModel(folder: TinyModel.full.path) { seen.append($0) }
        #expect(seen.last == 1 && seen == seen.sorted())
    }

    @Test func networksAreListed() throws {
        let names = try TinyModel.full.load().networks.map(\.name)
        #expect(names == ["text_encoder", "text_reweighting", "content_encoder", "vae", "unet"])
        #expect(try TinyModel.full.load().networks.allSatisfy { $0.parameters > 0 && $0.bytes > 0 })
    }

    @Test func onePipelineEachInManyThreadsOverOneModel() async throws {
        let model = try TinyModel.full.load()
        let alone = try TinyModel.full.pipeline(threads: 1).finish()
        try await withThrowingTaskGroup(of: [UInt8].self) { group in
            for _ in 0..<4 {
                group.addTask {
                    let pipeline = AnimationPipeline(model: model)
                    try pipeline.setPhoto(TinyModel.photo(width: 62, height: 44))
                    try pipeline.setPrompt("the camera zooms in")
                    try pipeline.setThreads(2)
                    try pipeline.setFrames(4)
                    try pipeline.setSteps(3)
                    return try pipeline.finish()
                }
            }
            for try await frames in group { #expect(frames == alone) }
        }
    }
}
