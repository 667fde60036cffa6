import CLivePhoto
import LPPipeline
import LPWeights

/// Numeric parameters by their numbers in the header: bounds and values.
enum ParameterTable {
    static let framesPerSecond = 1...120

    static func bounds(
        of parameter: livephoto_parameter, in session: PipelineSession
    ) throws -> (minimum: Double, maximum: Double, standard: Double) {
        if let numeric = numeric(parameter) {
            let bounds = session.engine.bounds(of: numeric)
            return (bounds.minimum, bounds.maximum, bounds.defaultValue)
        }
        switch parameter {
        case LIVEPHOTO_PARAMETER_FPS:
            let standard = session.standardFramesPerSecond
            return (Double(framesPerSecond.lowerBound), Double(framesPerSecond.upperBound), Double(standard))
        case LIVEPHOTO_PARAMETER_WIDTH, LIVEPHOTO_PARAMETER_HEIGHT: return (0, Double(ClipSize.sides.upperBound), 0)
        case LIVEPHOTO_PARAMETER_KEEP_FIRST_FRAME, LIVEPHOTO_PARAMETER_LOOP: return (0, 1, 0)
        case LIVEPHOTO_PARAMETER_CALIBRATION: return (0, 1, 1)
        default: throw unknown(parameter)
        }
    }

    static func value(of parameter: livephoto_parameter, in session: PipelineSession) throws -> Double {
        let parameters = session.engine.parameters
        switch parameter {
        case LIVEPHOTO_PARAMETER_INTENSITY: return parameters.intensity
        case LIVEPHOTO_PARAMETER_FRAMES: return Double(parameters.frames)
        case LIVEPHOTO_PARAMETER_STEPS: return Double(parameters.steps)
        case LIVEPHOTO_PARAMETER_GUIDANCE: return parameters.guidance
        case LIVEPHOTO_PARAMETER_THREADS: return Double(parameters.threads)
        case LIVEPHOTO_PARAMETER_FPS: return Double(session.framesPerSecond)
        case LIVEPHOTO_PARAMETER_WIDTH: return Double(session.wishedSize?.width ?? 0)
        case LIVEPHOTO_PARAMETER_HEIGHT: return Double(session.wishedSize?.height ?? 0)
        case LIVEPHOTO_PARAMETER_KEEP_FIRST_FRAME: return parameters.keepFirstFrame ? 1 : 0
        case LIVEPHOTO_PARAMETER_LOOP: return parameters.loops ? 1 : 0
        case LIVEPHOTO_PARAMETER_CALIBRATION: return parameters.calibrates ? 1 : 0
        case LIVEPHOTO_PARAMETER_GUIDANCE_RESCALE: return parameters.guidanceRescale
        default: throw unknown(parameter)
        }
    }

    /// Every parameter back to the model's default.
    static func setDefaults(of session: PipelineSession) throws {
        let engine = session.engine
        func standard(_ parameter: NumericParameter) -> Double { engine.bounds(of: parameter).defaultValue }
        try session.requireNotStepping()
        try engine.setIntensity(standard(.intensity))
        try engine.setFrames(Int(exactly: standard(.frames)) ?? 1)
        try engine.setSteps(Int(exactly: standard(.steps)) ?? 1)
        try engine.setGuidance(standard(.guidance))
        try engine.setGuidanceRescale(standard(.guidanceRescale))
        try engine.setThreads(0)
        try engine.setSeed(0)
        try engine.setKeepFirstFrame(false)
        try engine.setLoops(false)
        try engine.setCalibrates(true)
        try setSampler(LIVEPHOTO_SAMPLER_DEFAULT, of: session)
        try session.setFramesPerSecond(session.standardFramesPerSecond)
        try session.setSize(nil)
    }

    static func setSampler(_ sampler: livephoto_sampler, of session: PipelineSession) throws {
        switch sampler {
        case LIVEPHOTO_SAMPLER_DEFAULT: try session.engine.setDefaultSampler()
        case LIVEPHOTO_SAMPLER_DDIM: try session.engine.setSampler(.ddim)
        case LIVEPHOTO_SAMPLER_DPMPP_2M: try session.engine.setSampler(.dpmPlusPlus2M)
        case LIVEPHOTO_SAMPLER_EULER: try session.engine.setSampler(.euler)
        case LIVEPHOTO_SAMPLER_EULER_A: try session.engine.setSampler(.eulerAncestral)
        case LIVEPHOTO_SAMPLER_DPMPP_2M_KARRAS: try session.engine.setSampler(.dpmPlusPlus2MKarras)
        case LIVEPHOTO_SAMPLER_UNIPC: try session.engine.setSampler(.uniPC)
        case LIVEPHOTO_SAMPLER_LCM: try session.engine.setSampler(.lcm)
        default: throw Refusal.argument("unknown sampler \(sampler.rawValue)")
        }
    }

    static func outOfRange(_ name: String, _ value: Double, _ range: ClosedRange<Int>) -> Refusal {
        .argument("\(name) \(value) is out of range: \(range.lowerBound) to \(range.upperBound)")
    }

    private static func unknown(_ parameter: livephoto_parameter) -> Refusal {
        .argument("unknown parameter \(parameter.rawValue)")
    }

    private static func numeric(_ parameter: livephoto_parameter) -> NumericParameter? {
        switch parameter {
        case LIVEPHOTO_PARAMETER_INTENSITY: .intensity
        case LIVEPHOTO_PARAMETER_FRAMES: .frames
        case LIVEPHOTO_PARAMETER_STEPS: .steps
        case LIVEPHOTO_PARAMETER_GUIDANCE: .guidance
        case LIVEPHOTO_PARAMETER_THREADS: .threads
        case LIVEPHOTO_PARAMETER_GUIDANCE_RESCALE: .guidanceRescale
        default: nil
        }
    }
}
