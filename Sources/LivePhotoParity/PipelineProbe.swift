import Glibc
import LPPipeline
import LPTensor
import LPWeights

/// One whole run of a model up to its first two frames, to hold the estimate against the truth.
enum PipelineProbe {
    /// Prints one line of JSON: seconds to open, to encode, per step and per frame, and memory, estimated and true.
    ///
    /// - Parameters:
    ///   - model: path of a model folder, or `part=path` of several files, separated by commas
    ///   - side: of the square photo, pixels
    ///   - guidance: nil takes the model's; 1 runs one branch only
    static func run(model path: String, side: Int, frames: Int, steps: Int, threads: Int, guidance: Double?) throws {
        let clock = Stopwatch()
        let model = try open(path, side: side)
        let opened = clock.lap()
        let pipeline = AnimationPipeline(model: model)
        let pixels = (0..<side * side * 3).map { UInt8(truncatingIfNeeded: $0 * 7 % 251) }
        try pipeline.setPhoto(try Photo(width: side, height: side, pixels: pixels))
        try pipeline.setPrompt("a b c d e f g")
        try pipeline.setFrames(frames)
        try pipeline.setSteps(steps)
        try pipeline.setThreads(threads)
        if let guidance { try pipeline.setGuidance(guidance) }
        let estimate = try pipeline.estimate()
        let weights = model.networks.reduce(0) { $0 + $1.bytes }
        _ = clock.lap()
        _ = try pipeline.step()
        let encoding = clock.lap()
        for _ in 0..<steps { _ = try pipeline.step() }
        let denoising = clock.lap()
        let denoisingPeak = peakKilobytes
        for _ in 0..<2 { _ = try pipeline.step() }
        let decoding = clock.lap()
        print(
            "{\"open\": \(opened), \"encode\": \(encoding), \"denoise\": \(denoising), \"two_frames\": \(decoding), "
                + "\"estimated_seconds\": \(estimate.seconds), \"estimated_kb\": \((weights + estimate.bytes) / 1024), "
                + "\"peak_after_denoising_kb\": \(denoisingPeak), \"peak_kb\": \(peakKilobytes)}")
    }

    private static func open(_ path: String, side: Int) throws -> AnimationModel {
        guard path.contains("=") else { return try AnimationModel(folder: path) }
        var files = ModelFileSet(base: "")
        files.workingSide = side
        for part in path.split(separator: ",") {
            let (name, value) = (part.prefix { $0 != "=" }, String(part.drop { $0 != "=" }.dropFirst()))
            switch name {
            case "base": files.base = value
            case "motion": files.motion = value
            case "conditioner": files.conditioner = value
            case "tokenizer": files.tokenizer = value
            default:
                throw WeightError.file(
                    path: path, reason: "'\(name)' is not base, motion, conditioner or tokenizer")
            }
        }
        return try AnimationModel(files: files)
    }

    /// Most memory that this process ever had at once, mapped files included.
    static var peakKilobytes: Int {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return usage.ru_maxrss
    }
}

/// Wall time and processor time (of all threads) since the last look, in seconds: [wall, processor].
final class Stopwatch {
    private var last = (Clock.seconds, Stopwatch.processorSeconds)

    func lap() -> [Double] {
        let now = (Clock.seconds, Self.processorSeconds)
        defer { last = now }
        return [now.0 - last.0, now.1 - last.1]
    }

    private static var processorSeconds: Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
}
