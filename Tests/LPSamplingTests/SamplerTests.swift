import Glibc
import LPTensor
import Testing

@testable import LPSampling

struct SamplerTests {
    static let fixtures = Result { try Fixtures.load("samplers", as: SamplerFixtures.self) }
    static var cases: [SamplerFixtures.Case] { (try? fixtures.get().cases) ?? [] }

    var compute = Compute(threads: 1)
    static let kinds = ["ddim", "dpm++2m", "euler", "euler-a", "dpm++2m-karras", "unipc", "lcm"]

    static func settings(_ item: SamplerFixtures.Case) throws -> SamplerSettings {
        let schedule = try NoiseSchedule(
            betas: try #require(BetaSchedule(rawValue: item.betas)), rescaleZeroTerminalSNR: item.rescale,
            alphaToOne: item.alphaToOne)
        return SamplerSettings(
            schedule: schedule, spacing: try #require(TimestepSpacing(rawValue: item.spacing)),
            stepsOffset: item.offset,
            prediction: try #require(PredictionType(rawValue: item.prediction)))
    }

    func sampler(_ kind: String, _ settings: SamplerSettings, _ steps: Int) throws -> (any Sampler)? {
        switch kind {
        case "ddim": return try DDIMSampler(settings, steps: steps, compute: compute)
        case "euler": return try EulerSampler(settings, steps: steps, compute: compute)
        case "dpm++2m": return try DPMSolverPlusPlus2M(settings, steps: steps, compute: compute)
        case "dpm++2m-karras":
            return try DPMSolverPlusPlus2M(settings, steps: steps, karras: true, compute: compute)
        case "euler-a": return try EulerSampler(settings, steps: steps, noise: StepNoise(seed: 42), compute: compute)
        case "unipc": return try UniPCSampler(settings, steps: steps, compute: compute)
        case "lcm": return try LCMSampler(settings, steps: steps, noise: StepNoise(seed: 42), compute: compute)
        default: return nil
        }
    }

    static func output(_ index: Int, _ count: Int) -> [Float] {
        (0..<count).map { Float(sin(0.7 * Double(index + 1) + 1.3 * Double($0))) }
    }

    static func distance(_ found: [Float], _ wanted: [Double]) -> Double {
        let scale = wanted.map { abs($0) }.max() ?? 0
        return zip(found, wanted).map { abs(Double($0) - $1) }.max().map { $0 / max(scale, 1e-12) } ?? .infinity
    }

    @Test func fixturesAreThere() throws {
        #expect(try Self.fixtures.get().cases.count == 190)
    }

    /// Ten steps (or as many as the fixture says) of each scheduler of diffusers, every x compared.
    @Test(arguments: cases) func sameAsDiffusers(_ item: SamplerFixtures.Case) throws {
        let start = try Self.fixtures.get().start
        let settings = try Self.settings(item)
        guard let sampler = try sampler(item.sampler, settings, item.steps) else {
            return try inversion(item, settings, start)
        }
        #expect(sampler.timesteps == item.timesteps.map { Double(Float($0)) })
        #expect(abs(sampler.initialNoiseScale / item.initialScale - 1) < 1e-6)
        for _ in 0..<2 {  // the second round: nothing is left of the first
            var x = try Tensor(start.map { Float($0 * sampler.initialNoiseScale) }, shape: [1, start.count])
            for index in sampler.timesteps.indices {
                let input = try sampler.modelInput(x, at: index).array[0]
                #expect(abs(Double(input) - item.inputs[index]) < 2e-5 * max(abs(item.inputs[index]), 1))
                let output = try Tensor(Self.output(index, start.count), shape: [1, start.count])
                let original = try sampler.predictedOriginal(x, prediction: output, at: index)
                x = try sampler.step(x, prediction: output, at: index)
                #expect(Self.distance(x.array, item.values[index]) < 2e-5, "step \(index)")
                if index == item.steps - 1, item.alphaToOne, 1000 % item.steps == 0 {
                    #expect(Self.distance(x.array, original.array.map(Double.init)) < 1e-5)
                }
            }
        }
    }

    func inversion(_ item: SamplerFixtures.Case, _ settings: SamplerSettings, _ start: [Double]) throws {
        let sampled = try DDIMSampler(settings, steps: item.steps, compute: compute).timesteps
        let inverter = try DDIMInverter(settings, timesteps: sampled)
        #expect(inverter.timesteps == item.timesteps)
        var x = try Tensor(start.map { Float($0) }, shape: [1, start.count])
        for index in inverter.timesteps.indices {
            let output = try Tensor(Self.output(index, start.count), shape: [1, start.count])
            x = try inverter.step(x, prediction: output, at: index, compute: compute)
            #expect(Self.distance(x.array, item.values[index]) < 2e-5, "step \(index)")
        }
    }

    /// A network that knows the clean sample: every sampler ends on it, in any number of steps, from a σ of 20000.
    @Test(arguments: kinds) func endsOnTheTruth(kind: String) throws {
        let truth: [Float] = [0.3, -0.7, 0.01, 1.4]
        for prediction in PredictionType.allCases {
            for spacing in [TimestepSpacing.trailing, .linspace] {
                // Latent consistency never leaves x alone at the cleanest training step, which 1000 steps reach.
                for steps in [1, 2, 8, 15, 100, 1000]
                where (steps > 1 || spacing == .trailing) && (kind != "lcm" || steps < 1000) {
                    let schedule = try NoiseSchedule(betas: .squaredCosine)
                    let settings = SamplerSettings(schedule: schedule, spacing: spacing, prediction: prediction)
                    let sampler = try #require(try sampler(kind, settings, steps))
                    let noise: [Float] = [1.1, -0.2, 0.6, -1.7]
                    var x = try Tensor(noise.map { $0 * Float(sampler.initialNoiseScale) }, shape: [4])
                    for (index, timestep) in sampler.timesteps.enumerated() {
                        let input = try sampler.modelInput(x, at: index).array.map(Double.init)
                        // Karras' levels lie beside the whole step that the network is told.
                        let parts = try sampler.mixture(at: index)
                        let length = (parts.original * parts.original + parts.noise * parts.noise).squareRoot()
                        let (signal, rest) = (parts.original / length, parts.noise / length)
                        #expect(timestep >= 0 && timestep <= 999)
                        let output = zip(input, truth).map { x, original -> Float in
                            let noise = (x - signal * Double(original)) / rest
                            switch prediction {
                            case .sample: return original
                            case .epsilon: return Float(noise)
                            case .velocity: return Float(signal * noise - rest * Double(original))
                            }
                        }
                        let prediction = try Tensor(output, shape: [4])
                        let original = try sampler.predictedOriginal(x, prediction: prediction, at: index)
                        x = try sampler.step(x, prediction: prediction, at: index)
                        if index == steps - 1 { x = original }
                        #expect(x.array.allSatisfy { $0.isFinite })
                    }
                    // The noise prediction of the first step costs digits in single precision: a factor of σ.
                    let tolerance = prediction == .epsilon ? 0.05 : 2e-4
                    #expect(Self.distance(x.array, truth.map(Double.init)) < tolerance, "\(prediction) \(steps)")
                }
            }
        }
    }

    @Test func multistepForgets() throws {
        let settings = SamplerSettings(
            schedule: try NoiseSchedule(betas: .squaredCosine), spacing: .trailing, prediction: .sample)
        let sampler = try DPMSolverPlusPlus2M(settings, steps: 6, compute: compute)
        let x = try Tensor([1, 2], shape: [2])
        let one = try Tensor([0.5, 0.25], shape: [2])
        let two = try Tensor([-0.5, 0.75], shape: [2])
        _ = try sampler.step(x, prediction: one, at: 1)
        let withHistory = try sampler.step(x, prediction: two, at: 2).array
        sampler.reset()
        let without = try sampler.step(x, prediction: two, at: 2).array
        #expect(withHistory != without)
        // A step that does not follow the last one has no history either.
        _ = try sampler.step(x, prediction: one, at: 4)
        #expect(try sampler.step(x, prediction: two, at: 2).array == without)
    }

    /// Fresh noise of a frame is the same in a clip of any length and from any number of threads; steps differ.
    @Test(arguments: ["euler-a", "lcm"]) func freshNoiseKnowsOnlyItsFrame(kind: String) throws {
        let settings = SamplerSettings(
            schedule: try NoiseSchedule(betas: .linear), spacing: .leading, prediction: .epsilon)
        let start = (0..<60).map { Float(sin(Double($0))) }
        func run(frames: Int, threads: Int) throws -> [Float] {
            let other = SamplerTests(compute: Compute(threads: threads))
            let sampler = try #require(try other.sampler(kind, settings, 5))
            var x = try Tensor(Array(start.prefix(frames * 12)), shape: [frames, 2, 3, 2])
            for index in 0..<3 { x = try sampler.step(x, prediction: x, at: index) }
            return x.array
        }
        let long = try run(frames: 5, threads: 1)
        #expect(try run(frames: 5, threads: 3) == long)
        #expect(try run(frames: 2, threads: 2) == Array(long.prefix(24)))
        let noise = StepNoise(seed: 42)
        let x = try Tensor(start, shape: [5, 12])
        #expect(try noise.tensor(like: x, step: 0, compute).array != noise.tensor(like: x, step: 1, compute).array)
        #expect(throws: TensorError.self) { try noise.tensor(like: try Tensor([1], shape: []), step: 0, compute) }
    }

    /// A run may start at a photo: what is made noisy for a step is what the step removes.
    @Test(arguments: kinds) func startsAtAnyStep(kind: String) throws {
        let settings = SamplerSettings(
            schedule: try NoiseSchedule(betas: .scaledLinear), spacing: .leading, stepsOffset: 1, prediction: .epsilon)
        let sampler = try #require(try sampler(kind, settings, 12))
        let truth = try Tensor([0.3, -0.7, 1.4], shape: [1, 3])
        let noise = try Tensor([1.1, -0.2, 0.6], shape: [1, 3])
        let x = try sampler.noised(truth, noise: noise, at: 5, compute)
        let original = try sampler.predictedOriginal(x, prediction: noise, at: 5)
        // Latent consistency promises a little of x itself.
        #expect(Self.distance(original.array, truth.array.map(Double.init)) < (kind == "lcm" ? 1e-4 : 1e-5))
        #expect(try sampler.step(x, prediction: noise, at: 5).array.allSatisfy { $0.isFinite })
    }

    @Test func refusesWrongCalls() throws {
        let settings = SamplerSettings(
            schedule: try NoiseSchedule(betas: .linear), spacing: .leading, prediction: .epsilon)
        let x = try Tensor([1, 2], shape: [2])
        for kind in Self.kinds {
            let sampler = try #require(try sampler(kind, settings, 4))
            for index in [-1, 4, Int.max] {
                #expect(throws: SamplingError.self) { try sampler.step(x, prediction: x, at: index) }
                #expect(throws: SamplingError.self) { try sampler.modelInput(x, at: index) }
                #expect(throws: SamplingError.self) { try sampler.predictedOriginal(x, prediction: x, at: index) }
                #expect(throws: SamplingError.self) { try sampler.mixture(at: index) }
            }
            #expect(throws: TensorError.self) {
                try sampler.step(x, prediction: try Tensor([1, 2, 3], shape: [3]), at: 0)
            }
            #expect(throws: SamplingError.self) { try self.sampler(kind, settings, 1001) }
            #expect(throws: SamplingError.self) { try self.sampler(kind, settings, 0) }
        }
        #expect(throws: SamplingError.self) { try DDIMInverter(settings, timesteps: []) }
        #expect(throws: SamplingError.self) { try DDIMInverter(settings, timesteps: [1000]) }
        #expect(throws: SamplingError.self) { try DDIMInverter(settings, timesteps: [.nan]) }
    }
}
