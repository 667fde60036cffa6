/// Setters of the numeric parameters: range-checked, never clamped.
extension AnimationPipeline {
    /// Inclusive range and default of a parameter for this model.
    package func bounds(of parameter: NumericParameter) -> ParameterBounds {
        let configuration = model.configuration
        return switch parameter {
        case .intensity:
            ParameterBounds(minimum: 1, maximum: 10, defaultValue: configuration.intensity.standard)
        case .frames:
            ParameterBounds(
                minimum: Double(configuration.frames.minimum), maximum: Double(configuration.longestClip),
                defaultValue: Double(configuration.frames.standard))
        case .steps:
            ParameterBounds(minimum: 1, maximum: 1000, defaultValue: Double(configuration.defaults.steps))
        case .guidance:
            ParameterBounds(minimum: 0, maximum: 30, defaultValue: configuration.defaults.guidance)
        case .threads:
            ParameterBounds(minimum: 0, maximum: 64, defaultValue: 0)
        case .guidanceRescale:
            ParameterBounds(minimum: 0, maximum: 1, defaultValue: configuration.defaults.guidanceRescale)
        }
    }

    /// Motion intensity, 1 (barely moves) to 10 (wild); levels between the whole numbers are meaningful.
    package func setIntensity(_ level: Double) throws {
        try bounds(of: .intensity).check(level, "intensity")
        try withParameters { $0.intensity = level }
    }

    /// Same seed, same build, same inputs: same bytes, at any number of threads.
    package func setSeed(_ seed: UInt64) throws {
        try withParameters { $0.seed = seed }
    }

    package func setFrames(_ count: Int) throws {
        try bounds(of: .frames).check(Double(count), "frames")
        try withParameters { $0.frames = count }
    }

    package func setSteps(_ count: Int) throws {
        try bounds(of: .steps).check(Double(count), "steps")
        try withParameters { $0.steps = count }
    }

    /// Classifier-free guidance: 1 runs the network once per step, any other value twice.
    package func setGuidance(_ scale: Double) throws {
        try bounds(of: .guidance).check(scale, "guidance")
        try withParameters { $0.guidance = scale }
    }

    /// How far guidance's spread of values is brought back to the prompt's own, 0...1.
    package func setGuidanceRescale(_ share: Double) throws {
        try bounds(of: .guidanceRescale).check(share, "guidance rescale")
        try withParameters { $0.guidanceRescale = share }
    }

    package func setSampler(_ sampler: SamplerKind) throws {
        try withParameters { $0.sampler = sampler }
    }

    /// The sampler that the model's settings name.
    package func setDefaultSampler() throws {
        try setSampler(SamplerKind(model.configuration.defaults.sampler))
    }

    /// Threads that a step may use, 0 for one per physical core. Does not change the clip.
    package func setThreads(_ count: Int) throws {
        try bounds(of: .threads).check(Double(count), "threads")
        try withParameters { $0.threads = count }
        setThreadCount(count)
    }

    /// Frame 0 becomes the photo itself, bit for bit.
    package func setKeepFirstFrame(_ keep: Bool) throws {
        try withParameters { $0.keepFirstFrame = keep }
    }

    /// The clip's end leads to its beginning.
    package func setLoops(_ loops: Bool) throws {
        try withParameters { $0.loops = loops }
    }

    /// Motion is made larger or smaller until the clip measures the intensity that was asked for.
    package func setCalibrates(_ calibrates: Bool) throws {
        try withParameters { $0.calibrates = calibrates }
    }
}
