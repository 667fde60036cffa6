import LPModels
import LPSampling
import LPTensor
import LPWeights

/// The state of one run between its steps.
final class Run {
    let loop: DenoiseLoop
    /// Finished frames: RGB, rows top to bottom, [height * width * 3] each.
    private(set) var frames: [[UInt8]] = []
    var decoded: Int { frames.count }

    private let model: AnimationModel
    private let parameters: PipelineParameters
    private let photo: Photo
    /// [1, height, width, 3] in 0...1
    private let pixels: Tensor
    /// [1, H, W, 3] in 0...1
    private let workingPhoto: Tensor

    private let times: ClipTimes
    private let measure: (any MotionMeasure)?
    /// The motion at the photo's size, made when the first frame is wanted.
    private var layered: LayeredClip?

    /// The encode phase: text, content, reference latent and starting noise (the paper's figure 2 from the left).
    ///
    /// Letters: F frames, H x W working pixels, h x w latent cells, C latent channels, L tokens, D text width.
    init(
        model: AnimationModel, parameters: PipelineParameters, photo: Photo, prompt: String, negativePrompt: String,
        measure: (any MotionMeasure)?, _ compute: Compute
    ) throws {
        self.model = model
        self.parameters = parameters
        self.photo = photo
        self.measure = measure
        let times = ClipTimes(frames: parameters.frames, loops: parameters.loops && model.configuration.unet.layeredMotionHead != nil)
        self.times = times
        let configuration = model.configuration
        let working = WorkingSize(photoWidth: photo.width, photoHeight: photo.height, configuration.working)
        let pixels = try PixelConversion.tensor(photo, compute)  // [1, height, width, 3]
        let workingPhoto = try compute.resizeBilinear(
            pixels, height: working.height, width: working.width, antialias: true)  // [1, H, W, 3]

        let reference = try model.autoencoder.encode(try PixelRange.signed(workingPhoto, compute), compute)  // [1, h, w, C]
        let space = LatentSpace(
            autoencoder: model.autoencoder, configuration: configuration.conditioning, reference: reference)
        let content = try model.content(of: workingPhoto, compute)

        func context(_ sentence: String, frames: Int) throws -> UNetContext {
            let text = try model.text(sentence, frames: frames, compute)
            return try model.unet.context(
                frames: frames, text: text.states, content: content?.tokens, textBag: text.bag,
                pyramid: content?.pyramid,
                level: Float(parameters.intensity),
                motionScale: Float(configuration.conditioning.motionScale?.value(0, level: parameters.intensity) ?? 1),
                compute)
        }

        let windows = try ContextWindows(model, parameters)

        func denoiser(frames: Int, positive: String, guidance: Double, isStill: Bool) throws -> Denoiser {
            Denoiser(
                model: model, space: space,
                input: try ConditionedInput(
                    configuration.conditioning, reference: reference, frames: frames, intensity: parameters.intensity,
                    loops: parameters.loops),
                workingPhoto: workingPhoto,
                positive: try context(positive, frames: frames),
                negative: guidance == 1 ? nil : try context(negativePrompt, frames: frames),
                guidance: Guidance(scale: guidance, rescale: parameters.guidanceRescale),
                windows: isStill ? nil : windows, times: times, isStill: isStill)
        }

        let settings = try SamplerSettings(configuration.scheduler)
        let sampler = try parameters.sampler.make(
            settings, steps: parameters.steps,
            noise: StepNoise(seed: parameters.seed, zeroMean: configuration.conditioning.usesZeroMeanNoise), compute)
        let noise = try StartingNoise(
            model: model, parameters: parameters, settings: settings, timesteps: sampler.timesteps)(
            space, still: { try denoiser(frames: 1, positive: "", guidance: 1, isStill: true) }, compute)  // [F, h, w, C]
        loop = try DenoiseLoop(
            denoiser: try denoiser(
                frames: parameters.frames, positive: prompt, guidance: parameters.guidance, isStill: false),
            sampler: sampler, noise: noise, steps: configuration.conditioning.stepsTaken(of: parameters.steps), compute)
        self.pixels = pixels
        self.workingPhoto = workingPhoto
        model.rest(.textEncoder, .contentEncoder, .vae)
    }

    /// Composes the next frame at the photo's size.
    func decodeNext(_ compute: Compute) throws {
        let index = frames.count
        if index == 0, parameters.keepFirstFrame || (model.anchorsFirstFrame && !times.loops) {
            frames.append(photo.pixels)
            return
        }
        if index <= 1 { model.rest(.unet) }
        let moved = try layeredClip(compute)?.frame(index, compute)
        let frame = try composer().frame(index, photo: pixels, moved: moved, compute)
        frames.append(PixelConversion.bytes(frame))
    }

    /// RGB at the working size, from the sampler's current estimate.
    func preview(_ index: Int, _ compute: Compute) throws -> [UInt8] {
        let moved = try loop.last?.layers.map { layers in
            let moment = layers.script.frame(at: times(index), loops: times.loops)
            return try LayerCutter(layers: layers).quick(workingPhoto, compute).frame(moment, bicubic: false, compute)
        }
        return PixelConversion.bytes(
            try composer(isPreview: true).frame(index, photo: workingPhoto, moved: moved, compute))
    }

    private func layeredClip(_ compute: Compute) throws -> LayeredClip? {
        if let layered { return layered }
        guard let prediction = loop.last?.layers else { return nil }
        layered = try LayeredClip(
            prediction.ofOneThing(), pixels: pixels, times: times, parameters: parameters, configuration: model.configuration,
            measure: measure, compute)
        return layered
    }

    private func composer(isPreview: Bool = false) throws -> FrameComposer {
        guard let prediction = loop.last, let estimate = loop.estimate else {
            throw PipelineError.internalError("nothing was denoised")
        }
        return FrameComposer(
            model: model, space: loop.space, variable: estimate, prediction: prediction, isPreview: isPreview)
    }
}
