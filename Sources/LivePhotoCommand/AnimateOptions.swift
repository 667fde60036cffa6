import ArgumentParser
import CLivePhoto

/// What the clip is like.
struct ClipOptions: ParsableArguments {
    enum Fit: String, ExpressibleByArgument, CaseIterable {
        case crop
        case pad
        case stretch
    }

    @Option(name: .long, help: "How much moves, 1 to 10. (default: the model's)")
    var intensity: Double?
    @Option(name: .long, help: "Number of frames. (default: the model's)")
    var frames: Int32?
    @Option(name: .long, help: ArgumentHelp("Size of the clip in pixels. (default: the photo's)", valueName: "WxH"))
    var size: PixelSize?
    @Option(name: .long, help: "How a photo of another shape gets to --size: crop, pad or stretch.")
    var fit = Fit.crop
    @Option(name: .long, help: "Frames a second of the file. (default: the model's)")
    var fps: Int32?
    @Flag(name: .long, help: "Frame 0 is the photo itself, pixel by pixel.")
    var keepFirstFrame = false
    @Flag(name: .long, help: "The clip's end leads back to its beginning.")
    var loop = false
    @Flag(inversion: .prefixedNo, help: "Make the motion larger or smaller until the clip measures the intensity.")
    var calibration = true

    func apply(to pipeline: LibraryPipeline) throws {
        let handle = pipeline.handle
        if let intensity { try pipeline.check(livephoto_pipeline_set_intensity(handle, intensity)) }
        if let frames { try pipeline.check(livephoto_pipeline_set_frames(handle, frames)) }
        if let fps { try pipeline.check(livephoto_pipeline_set_fps(handle, fps)) }
        if keepFirstFrame { try pipeline.check(livephoto_pipeline_set_keep_first_frame(handle, true)) }
        try pipeline.check(livephoto_pipeline_set_calibration(handle, calibration))
        if loop { try pipeline.check(livephoto_pipeline_set_loop(handle, true)) }
        guard let size else { return }
        let mode =
            switch fit {
            case .crop: LIVEPHOTO_FIT_CROP
            case .pad: LIVEPHOTO_FIT_PAD
            case .stretch: LIVEPHOTO_FIT_STRETCH
            }
        try pipeline.check(livephoto_pipeline_set_size(handle, size.width, size.height, mode))
    }
}

/// How the clip is computed.
struct SamplingOptions: ParsableArguments {
    enum Sampler: String, ExpressibleByArgument, CaseIterable {
        case ddim
        case dpmpp2m = "dpm++2m"
        case euler
        case eulerA = "euler-a"
        case dpmpp2mKarras = "dpm++2m-karras"
        case unipc
        case lcm
    }

    @Option(name: .long, help: "The same seed gives the same clip, another one another take.")
    var seed: UInt64 = 0
    @Option(name: .long, help: "Denoising steps. (default: the model's)")
    var steps: Int32?
    @Option(name: .long, help: "Guidance by the text; 1 is off. (default: the model's)")
    var guidance: Double?
    @Option(
        name: .long, help: "How far guidance's spread of values is brought back, 0 to 1. (default: the model's)")
    var guidanceRescale: Double?
    @Option(
        name: .long, help: ArgumentHelp("What to stay away from; counts when guidance is not 1.", valueName: "text"))
    var negative: String?
    @Option(
        name: .long,
        help: "Denoising rule: ddim, dpm++2m, dpm++2m-karras, euler, euler-a, unipc or lcm. (default: the model's)")
    var sampler: Sampler?
    @Option(name: .long, help: "Threads, 0 for one per physical core; does not change the clip.")
    var threads: Int32 = 0

    func apply(to pipeline: LibraryPipeline) throws {
        let handle = pipeline.handle
        try pipeline.check(livephoto_pipeline_set_seed(handle, seed))
        try pipeline.check(livephoto_pipeline_set_threads(handle, threads))
        if let steps { try pipeline.check(livephoto_pipeline_set_steps(handle, steps)) }
        if let guidance { try pipeline.check(livephoto_pipeline_set_guidance(handle, guidance)) }
        if let guidanceRescale {
            try pipeline.check(livephoto_pipeline_set_guidance_rescale(handle, guidanceRescale))
        }
        if let negative { try pipeline.check(livephoto_pipeline_set_negative_prompt(handle, negative)) }
        guard let sampler else { return }
        let number =
            switch sampler {
            case .ddim: LIVEPHOTO_SAMPLER_DDIM
            case .dpmpp2m: LIVEPHOTO_SAMPLER_DPMPP_2M
            case .euler: LIVEPHOTO_SAMPLER_EULER
            case .eulerA: LIVEPHOTO_SAMPLER_EULER_A
            case .dpmpp2mKarras: LIVEPHOTO_SAMPLER_DPMPP_2M_KARRAS
            case .unipc: LIVEPHOTO_SAMPLER_UNIPC
            case .lcm: LIVEPHOTO_SAMPLER_LCM
            }
        try pipeline.check(livephoto_pipeline_set_sampler(handle, number))
    }
}
