import LPPipeline
import Testing

@Suite struct ParameterTests {
    @Test(arguments: [0, 0.99, 10.01, 11, -1, .nan, .infinity, -.infinity]) func intensityOutOfRange(level: Double) throws {
        let pipeline = try TinyModel.full.pipeline()
        #expect(throws: PipelineError.self) { try pipeline.setIntensity(level) }
        #expect(pipeline.parameters.intensity == 5)
    }

    @Test func everyNumberIsChecked() throws {
        let pipeline = try TinyModel.full.pipeline()
        for count in [Int.min, -1, 0, 1, 17, 10_000, Int.max] {
            #expect(throws: PipelineError.self) { try pipeline.setFrames(count) }
        }
        for count in [Int.min, 0, 1001, Int.max] {
            #expect(throws: PipelineError.self) { try pipeline.setSteps(count) }
        }
        for value in [-0.1, 30.1, .nan, .infinity] {
            #expect(throws: PipelineError.self) { try pipeline.setGuidance(value) }
        }
        for count in [-1, 65, Int.max] {
            #expect(throws: PipelineError.self) { try pipeline.setThreads(count) }
        }
    }

    /// What is longer than the network's clip goes through it in windows; a motion head tells all frames together.
    @Test func longClipsAreForModelsWithoutMotionHead() throws {
        #expect(AnimationPipeline(model: try TinyModel.full.load()).bounds(of: .frames).maximum == 16)
        let pipeline = AnimationPipeline(model: try TinyModel.pia.load())
        #expect(pipeline.bounds(of: .frames).maximum == 128)
        try pipeline.setFrames(128)
        #expect(throws: PipelineError.self) { try pipeline.setFrames(129) }
        for share in [-0.1, 1.1, .nan] {
            #expect(throws: PipelineError.self) { try pipeline.setGuidanceRescale(share) }
        }
    }

    @Test func boundsHoldTheDefaults() throws {
        let pipeline = AnimationPipeline(model: try TinyModel.full.load())
        for parameter in [NumericParameter.intensity, .frames, .steps, .guidance, .threads, .guidanceRescale] {
            let bounds = pipeline.bounds(of: parameter)
            #expect(bounds.minimum <= bounds.defaultValue && bounds.defaultValue <= bounds.maximum)
        }
    }

    @Test func photosOutOfRange() {
        for (width, height) in [(0, 0), (1, 1), (1, 300), (2049, 10), (30_000, 30_000), (-3, 5), (Int.max, Int.max)] {
            #expect(throws: PipelineError.self) { try Photo(width: width, height: height, pixels: []) }
        }
        #expect(throws: PipelineError.self) { try Photo(width: 4, height: 4, pixels: [0]) }
    }

    @Test(arguments: ["", " ", "\u{1F431}\u{200D}\u{1F464} jumps", "ça bouge", String(repeating: "long ", count: 3000), "\0x"])
    func promptsOfAllKinds(prompt: String) throws {
        let pipeline = try TinyModel.full.pipeline()
        try pipeline.setPrompt(prompt)
        try pipeline.setNegativePrompt(prompt)
        #expect(try pipeline.finish().count == 4 * 62 * 44 * 3)
    }

    @Test func aPromptOf100KilobytesIsRefused() throws {
        let pipeline = try TinyModel.full.pipeline()
        #expect(throws: PipelineError.self) { try pipeline.setPrompt(String(repeating: "a", count: 100_000)) }
    }

    @Test func estimateGrowsWithTheWork() throws {
        let pipeline = try TinyModel.full.pipeline()
        let small = try pipeline.estimate()
        try pipeline.setSteps(300)
        let slow = try pipeline.estimate()
        #expect(small.seconds > 0 && slow.seconds > 10 * small.seconds)
        try pipeline.setFrames(16)
        #expect(try pipeline.estimate().bytes > small.bytes)
    }

    @Test func wordsHaveAWeightForEveryRowOfTheHead() throws {
        let words = try TinyModel.full.load().wordWeights(prompt: "The panda  is eating bamboo")
        #expect(words.map(\.word) == ["The", "panda", "is", "eating", "bamboo"])
        #expect(words.allSatisfy { word in word.weights.allSatisfy { $0 > 0 && $0 < 1 } })
        #expect(try TinyModel.full.load().wordWeights(prompt: "").isEmpty)
    }
}
