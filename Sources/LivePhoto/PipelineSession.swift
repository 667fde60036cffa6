import CLivePhoto
import LPMedia
import LPPipeline
import LPTensor

/// A pipeline as the header describes it: the engine's run, with the photo in its own size, the wished size of the
/// clip, the frame rate of saved files, timing and the log. One caller at a time; `PipelineBox` sees to that.
final class PipelineSession {
    let engine: AnimationPipeline
    /// Says whether the host has asked to stop since the last question, and forgets it. Set once the handle is known.
    var takeCancellation: () -> Bool = { false }
    var log = LogSink()

    private(set) var framesPerSecond: Int
    private(set) var wishedSize: ClipSize?
    /// The photo as it was given; kept because a later size cuts it anew.
    private var source: RGBImage?
    private var clock = RunClock()
    private var estimatedSeconds = 0.0
    private var lastProgress: StepProgress?
    private var words: [WordWeight]?
    private var prompt = ""

    init(model: AnimationModel) {
        engine = AnimationPipeline(model: model)
        engine.measure = SSIMMeasure()
        framesPerSecond = 1
        framesPerSecond = standardFramesPerSecond
    }

    /// The model's frame rate, as far as files can have it.
    var standardFramesPerSecond: Int {
        min(engine.model.configuration.frames.framesPerSecond, ParameterTable.framesPerSecond.upperBound)
    }

    var state: livephoto_state {
        switch engine.state {
        case .configured: LIVEPHOTO_STATE_CONFIGURED
        case .stepping: LIVEPHOTO_STATE_STEPPING
        case .done: LIVEPHOTO_STATE_DONE
        }
    }

    // MARK: Photo, size and text

    /// Takes a photo and fits it to the clip's size.
    func setSource(_ image: RGBImage) throws {
        try requireNotStepping()
        try engine.setPhoto(ClipSize.photo(from: image, wish: wishedSize))
        source = image
        describeClip()
    }

    /// - Parameter size: nil follows the photo
    func setSize(_ size: ClipSize?) throws {
        try requireNotStepping()
        if let source { try engine.setPhoto(ClipSize.photo(from: source, wish: size)) } else { engine.reset() }
        wishedSize = size
        describeClip()
    }

    func setPrompt(_ text: String) throws {
        try engine.setPrompt(text)
        prompt = text
        words = nil
    }

    /// The rate of saved clips; a finished clip stays.
    func setFramesPerSecond(_ rate: Int) throws {
        try requireNotStepping()
        guard ParameterTable.framesPerSecond.contains(rate) else {
            throw ParameterTable.outOfRange("fps", Double(rate), ParameterTable.framesPerSecond)
        }
        framesPerSecond = rate
    }

    func requireNotStepping() throws {
        guard engine.state != .stepping else {
            throw Refusal.state("parameters cannot change while stepping: finish, cancel or reset first")
        }
    }

    private func describeClip() {
        guard let clip = engine.clipSize, let source else { return }
        log.write(.info, "photo \(source.width)x\(source.height), clip \(clip.width)x\(clip.height)")
    }

    /// Weights of the prompt's words, computed once per prompt.
    func wordWeights() throws -> [WordWeight] {
        try requireNotStepping()
        if let words { return words }
        let found = try engine.model.wordWeights(prompt: prompt)
        words = found
        return found
    }

    // MARK: Stepping

    /// Does the next step; in DONE nothing.
    func step() throws -> livephoto_progress {
        if engine.state == .done, let lastProgress { return report(lastProgress) }
        if engine.state == .configured { begin() }
        guard !takeCancellation() else {
            abandon()
            throw Refusal.cancelled
        }
        let start = Clock.seconds
        let progress: StepProgress
        do {
            progress = try engine.step()
        } catch {
            _ = takeCancellation()
            throw error
        }
        count(progress, Clock.seconds - start)
        lastProgress = progress
        return report(progress)
    }

    /// Does all steps that are left.
    /// - Parameter after: called after each step; false stops
    func run(_ after: (livephoto_progress) -> Bool) throws {
        while engine.state != .done {
            let progress = try step()
            guard after(progress) else {
                if engine.state != .done { abandon() }
                throw Refusal.cancelled
            }
        }
    }

    func reset() {
        abandon()
        log.write(.debug, "reset")
    }

    private func begin() {
        clearCancellation()
        clock = RunClock()
        // Without a photo there is no estimate, and the step will say so.
        estimatedSeconds = (try? engine.estimate().seconds) ?? 0
    }

    /// Drops the run and every wish to cancel it.
    private func abandon() {
        engine.reset()
        clearCancellation()
    }

    func clearCancellation() {
        _ = takeCancellation()
        engine.cancellation.reset()
    }

    private func count(_ progress: StepProgress, _ seconds: Double) {
        switch progress.phase {
        case .encode: clock.countEncoding(seconds)
        case .denoise: clock.countDenoising(seconds)
        // Frame 0 may be the photo itself, which takes no time and says nothing about the others.
        case .decode where progress.phaseStep == 1: clock.countEncoding(seconds)
        case .decode: clock.countDecoding(seconds)
        }
        let position = "\(progress.phase) \(progress.phaseStep) of \(progress.phaseTotal)"
        log.write(.debug, "\(position): \(milliseconds(seconds)) ms")
    }

    private func milliseconds(_ seconds: Double) -> Int { Int(exactly: (seconds * 1000).rounded()) ?? 0 }

    private func report(_ progress: StepProgress) -> livephoto_progress {
        let parameters = engine.parameters
        let isDone = progress.isDone
        let denoised = max(progress.step - 1, 0)
        let steps = max(parameters.steps - denoised, 0)
        let frames = max(min(parameters.frames, progress.total - progress.step), 0)
        let left = isDone ? 0 : clock.left(denoisingSteps: steps, frames: frames, estimate: estimatedSeconds)
        return livephoto_progress(
            struct_size: UInt32(MemoryLayout<livephoto_progress>.size), step: Int32(clamping: progress.step),
            total: Int32(clamping: progress.total), phase: progress.phase.number,
            phase_step: Int32(clamping: progress.phaseStep), phase_total: Int32(clamping: progress.phaseTotal),
            done: isDone ? 1 : 0, reserved: 0, seconds: clock.seconds, seconds_left: left)
    }
}

extension Phase {
    /// The header's number of the phase.
    fileprivate var number: Int32 {
        let phase =
            switch self {
            case .encode: LIVEPHOTO_PHASE_ENCODE
            case .denoise: LIVEPHOTO_PHASE_DENOISE
            case .decode: LIVEPHOTO_PHASE_DECODE
            }
        return Int32(clamping: phase.rawValue)
    }
}
