import LPModels
import LPSampling
import LPTensor
import LPWeights

/// One run: photo, sentence and intensity in; a clip out, one step at a time.
///
/// ```
///                 setters                       setters
///               ┌────────┐                    ┌─────────┐
///               ▼        │   step             │         ▼
///   create ─► configured ┴──────► stepping ───┴──────► done
///               ▲                    │ last step         │
///               └────────────────────┴───────────────────┘
///                 cancel, reset            reset, setters
/// ```
/// A pipeline belongs to one thread at a time; only `cancellation` may be touched from others.
package final class AnimationPipeline {
    package enum State: Sendable { case configured, stepping, done }

    package let model: AnimationModel
    package private(set) var state = State.configured
    package private(set) var parameters: PipelineParameters
    /// Set from any thread; the running step then throws `PipelineError.cancelled`.
    package var cancellation: CancellationFlag { compute.cancellation }

    private var photo: Photo?
    private var prompt = ""
    private var negativePrompt: String
    private var compute: Compute
    private(set) var run: Run?

    /// How motion is measured, to bring it to the intensity that was asked for; nil leaves it as the network says.
    package var measure: (any MotionMeasure)?

    package init(model: AnimationModel) {
        self.model = model
        let configuration = model.configuration
        negativePrompt = configuration.defaults.negativePrompt
        parameters = PipelineParameters(
            intensity: configuration.intensity.standard, frames: configuration.frames.standard,
            steps: configuration.defaults.steps, guidance: configuration.defaults.guidance,
            guidanceRescale: configuration.defaults.guidanceRescale, sampler: SamplerKind(configuration.defaults.sampler))
        compute = Compute(threads: 0)
    }

    // MARK: Stepping

    /// Steps of a whole run: one to encode, one per denoising step, one per frame.
    package var totalSteps: Int {
        1 + model.configuration.conditioning.stepsTaken(of: parameters.steps) + parameters.frames
    }

    /// Takes the next step.
    ///
    /// - Returns: where the run stands.
    /// - Throws: `PipelineError.state` without a photo or when done; `.cancelled` (the pipeline is configured again, nothing is lost);
    ///   `.outOfMemory`.
    package func step() throws -> StepProgress {
        if state == .done { throw PipelineError.state("the clip is finished: fetch its frames, or reset to run again") }
        guard let photo else { throw PipelineError.state("no photo is set") }
        do {
            try compute.checkCancelled()
            return try advance(photo)
        } catch {
            compute.cancellation.reset()
            reset()
            throw PipelineError.running(error)
        }
    }

    private func advance(_ photo: Photo) throws -> StepProgress {
        guard let run else {
            state = .stepping
            self.run = try Run(
                model: model, parameters: parameters, photo: photo, prompt: prompt, negativePrompt: negativePrompt,
                measure: measure, compute)
            return progress(1, .encode, 1, 1)
        }
        if run.loop.step < run.loop.stepCount {
            try run.loop.advance(compute)
            return progress(1 + run.loop.step, .denoise, run.loop.step, run.loop.stepCount)
        }
        try run.decodeNext(compute)
        if run.decoded == parameters.frames { state = .done }
        return progress(1 + run.loop.stepCount + run.decoded, .decode, run.decoded, parameters.frames)
    }

    private func progress(_ step: Int, _ phase: Phase, _ phaseStep: Int, _ phaseTotal: Int) -> StepProgress {
        StepProgress(step: step, total: totalSteps, phase: phase, phaseStep: phaseStep, phaseTotal: phaseTotal)
    }

    /// Back to configured; photo, sentence and parameters stay, the run and its clip go.
    package func reset() {
        run = nil
        state = .configured
    }

    // MARK: Results

    /// Size of the clip in pixels: the photo's.
    package var clipSize: (width: Int, height: Int)? { photo.map { ($0.width, $0.height) } }

    /// Lends the pixels of a finished frame: RGB, rows top to bottom, tight.
    /// - Throws: `PipelineError.state` before the run is done, `.argument` for an index out of range.
    package func withFrame<Result>(
        _ index: Int, _ body: (UnsafeBufferPointer<UInt8>) throws -> Result
    ) throws -> Result {
        guard let run, state == .done else { throw PipelineError.state("the clip is not finished: step until it is done") }
        try checkFrame(index)
        return try run.frames[index].withUnsafeBufferPointer(body)
    }

    /// Size of previews: the working size of the networks; nil without a photo.
    package var previewSize: (width: Int, height: Int)? {
        photo.map {
            let size = WorkingSize(photoWidth: $0.width, photoHeight: $0.height, model.configuration.working)
            return (size.width, size.height)
        }
    }

    /// A cheap look at a frame of the unfinished clip, from the sampler's current estimate.
    /// - Returns: RGB at `previewSize`, rows top to bottom, tight
    /// - Throws: `PipelineError.state` before the first denoising step
    package func preview(frame index: Int) throws -> [UInt8] {
        guard let run, run.loop.step > 0 else { throw PipelineError.state("no preview before the first denoising step") }
        try checkFrame(index)
        do {
            return try run.preview(index, compute)
        } catch {
            throw PipelineError.running(error)
        }
    }

    private func checkFrame(_ index: Int) throws {
        guard index >= 0, index < parameters.frames else {
            throw PipelineError.argument("frame \(index) is out of range: 0 to \(parameters.frames - 1)")
        }
    }

    /// Seconds and bytes beyond the weights that the next run will take, with the parameters as they are.
    /// - Throws: `PipelineError.state` without a photo
    package func estimate() throws -> (seconds: Double, bytes: Int) {
        guard let photo else { throw PipelineError.state("no photo is set") }
        do {
            let estimate = try ResourceEstimate(model: model, parameters: parameters, photo: photo, compute)
            return (estimate.seconds, estimate.bytes)
        } catch {
            throw PipelineError.running(error)
        }
    }

    // MARK: Inputs

    /// The still to animate; the clip has exactly its size.
    package func setPhoto(_ photo: Photo) throws {
        try configure { self.photo = photo }
    }

    /// The sentence, UTF-8; empty means no text. Everything past the model's token limit is not seen by it.
    package func setPrompt(_ text: String) throws {
        try AnimationPipeline.checkText(text, "prompt")
        try configure { prompt = text }
    }

    /// What the clip should not be; only read when guidance is not 1.
    package func setNegativePrompt(_ text: String) throws {
        try AnimationPipeline.checkText(text, "negative prompt")
        try configure { negativePrompt = text }
    }

    /// Longest text in bytes of UTF-8.
    package static let longestText = 16_384

    private static func checkText(_ text: String, _ name: String) throws {
        guard text.utf8.count <= longestText else {
            throw PipelineError.argument("the \(name) has \(text.utf8.count) bytes; at most \(longestText) are allowed")
        }
    }

    /// Runs a setter if the state allows it; a finished run is dropped.
    func configure(_ change: () throws -> Void) throws {
        guard state != .stepping else {
            throw PipelineError.state("parameters cannot change while stepping: finish, cancel or reset first")
        }
        try change()
        reset()
    }

    func withParameters(_ change: (inout PipelineParameters) throws -> Void) throws {
        try configure { try change(&parameters) }
    }

    /// The cancellation flag outlives the change.
    func setThreadCount(_ count: Int) {
        compute = Compute(threads: count, cancellation: compute.cancellation)
    }
}
