import LPPipeline
import Testing

@Suite struct AnimationPipelineTests {
    @Test(arguments: TinyModel.allCases) func stepsThroughThePhases(model: TinyModel) throws {
        let pipeline = try model.pipeline()
        var phases: [Phase] = []
        #expect(pipeline.state == .configured)
        // A run that starts from the photo leaves out the noisiest of its three steps.
        let steps = model == .animateDiff ? 2 : 3
        let total = 5 + steps
        for index in 1...total {
            let progress = try pipeline.step()
            #expect(progress.step == index && progress.total == total)
            #expect(progress.isDone == (index == total))
            #expect(pipeline.state == (index == total ? .done : .stepping))
            phases.append(progress.phase)
        }
        let denoising = [Phase](repeating: .denoise, count: steps)
        #expect(phases == [.encode] + denoising + [.decode, .decode, .decode, .decode])
        #expect(try pipeline.withFrame(3) { $0.count } == 62 * 44 * 3)
        #expect(throws: PipelineError.self) { try pipeline.step() }
    }

    @Test(arguments: TinyModel.allCases) func sameBytesForAnyNumberOfThreads(model: TinyModel) throws {
        let once = try model.pipeline(threads: 1).finish()
        for threads in [1, 2, 3] {
            #expect(try model.pipeline(threads: threads).finish() == once)
        }
        let pipeline = try model.pipeline()
        #expect(try pipeline.finish() == once)
        pipeline.reset()
        #expect(try pipeline.finish() == once, "a second run on the same handle")
    }

    @Test func seedPromptAndIntensityChangeTheClip() throws {
        let pipeline = try TinyModel.full.pipeline()
        let first = try pipeline.finish()
        for change in [
            { try pipeline.setSeed(7) }, { try pipeline.setPrompt("rain") }, { try pipeline.setIntensity(9) },
            { try pipeline.setSampler(.euler) }, { try pipeline.setGuidance(4) },
        ] as [() throws -> Void] {
            try change()
            #expect(pipeline.state == .configured)
            #expect(try pipeline.finish() != first)
        }
    }

    @Test(arguments: SamplerKind.allCases) func everySamplerGivesFrames(sampler: SamplerKind) throws {
        for model in TinyModel.allCases {
            let pipeline = try model.pipeline()
            try pipeline.setSampler(sampler)
            for steps in [1, 2, 5] {
                try pipeline.setSteps(steps)
                let frames = try pipeline.finish()
                #expect(Set(frames).count > 20, "\(model) \(sampler) \(steps) gives a picture, not a flat field")
            }
        }
    }

    @Test func firstFrameIsThePhoto() throws {
        let photo = try TinyModel.photo(width: 62, height: 44).pixels
        let anchored = try TinyModel.full.pipeline()
        _ = try anchored.finish()
        #expect(try anchored.withFrame(0) { Array($0) } == photo)
        let paper = try TinyModel.paper.pipeline()
        _ = try paper.finish()
        #expect(try paper.withFrame(0) { Array($0) } != photo)
        try paper.setKeepFirstFrame(true)
        _ = try paper.finish()
        #expect(try paper.withFrame(0) { Array($0) } == photo)
    }

    @Test(arguments: [(2, 2), (2, 200), (301, 3), (64, 64), (97, 61), (700, 500)])
    func anySizeOfPhoto(width: Int, height: Int) throws {
        for model in TinyModel.allCases {
            let pipeline = try model.pipeline(width: width, height: height)
            try pipeline.setFrames(2)
            try pipeline.setSteps(1)
            #expect(try pipeline.finish().count == 2 * width * height * 3)
        }
    }

    @Test func previewAfterTheFirstDenoisingStep() throws {
        let pipeline = try TinyModel.full.pipeline()
        #expect(throws: PipelineError.self) { try pipeline.preview(frame: 0) }
        _ = try pipeline.step()
        #expect(throws: PipelineError.self) { try pipeline.preview(frame: 0) }
        _ = try pipeline.step()
        let size = try #require(pipeline.previewSize)
        let preview = try pipeline.preview(frame: 3)
        #expect(preview.count == size.width * size.height * 3)
        #expect(throws: PipelineError.self) { try pipeline.preview(frame: 4) }
        #expect(throws: PipelineError.self) { try pipeline.preview(frame: -1) }
    }

    @Test func cancelledInEveryPhaseAndUsableAfterwards() throws {
        let reference = try TinyModel.full.pipeline().finish()
        for steps in 0...6 {
            let pipeline = try TinyModel.full.pipeline()
            for _ in 0..<steps { _ = try pipeline.step() }
            pipeline.cancellation.cancel()
            #expect(throws: PipelineError.self) { try pipeline.step() }
            #expect(pipeline.state == .configured)
            #expect(try pipeline.finish() == reference)
        }
    }

    @Test func settersAreRefusedWhileStepping() throws {
        let pipeline = try TinyModel.full.pipeline()
        _ = try pipeline.step()
        #expect(throws: PipelineError.self) { try pipeline.setPrompt("no") }
        #expect(throws: PipelineError.self) { try pipeline.setIntensity(3) }
        #expect(throws: PipelineError.self) { try pipeline.setPhoto(TinyModel.photo(width: 30, height: 30)) }
        #expect(throws: PipelineError.self) { try pipeline.withFrame(0) { _ in } }
        pipeline.reset()
        try pipeline.setPrompt("yes")
    }

    @Test func aPhotoIsNeeded() throws {
        let pipeline = AnimationPipeline(model: try TinyModel.full.load())
        #expect(throws: PipelineError.self) { try pipeline.step() }
        #expect(throws: PipelineError.self) { try pipeline.estimate() }
        #expect(pipeline.state == .configured)
    }
}
