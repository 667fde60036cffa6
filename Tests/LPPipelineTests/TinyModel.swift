import LPPipeline

/// The tiny models with random weights in Tests/Fixtures.
enum TinyModel: String, CaseIterable, CustomStringConvertible {
    /// All parts: motion head, conditioning embedding, residual latents.
    case full = "tiny-model"
    /// The paper's form: 10 channels, noise prediction, no motion head.
    case paper = "tiny-latent-model"
    /// PIA's form: noise, affinity, reference; norms over the whole clip.
    case pia = "tiny-pia-model"
    /// AnimateDiff's form: noise alone; the clip starts from the photo.
    case animateDiff = "tiny-animatediff-model"
    /// Noise and photo alone: eight channels.
    case reference = "tiny-reference-model"
    /// Motion in layers: masks and a program.
    case layered = "tiny-layered-model"

    var description: String { rawValue }
    static let fixtures = String(#filePath.prefix(#filePath.count - "LPPipelineTests/TinyModel.swift".count)) + "Fixtures"
    var path: String { "\(TinyModel.fixtures)/\(rawValue)" }

    func load() throws -> AnimationModel { try AnimationModel(folder: path) }

    /// A pipeline over a small photo of a gradient with a bright disc.
    func pipeline(width: Int = 62, height: Int = 44, threads: Int = 2) throws -> AnimationPipeline {
        let pipeline = AnimationPipeline(model: try load())
        try pipeline.setPhoto(TinyModel.photo(width: width, height: height))
        try pipeline.setPrompt("the camera zooms in")
        try pipeline.setThreads(threads)
        try pipeline.setFrames(4)
        try pipeline.setSteps(3)
        return pipeline
    }

    static func photo(width: Int, height: Int) throws -> Photo {
        var pixels: [UInt8] = []
        for y in 0..<height {
            for x in 0..<width {
                let (dx, dy) = (x - width / 2, y - height / 2)
                let disc = dx * dx + dy * dy < width * height / 16
                pixels += [UInt8(x * 255 / width), UInt8(y * 255 / height), disc ? 230 : 40]
            }
        }
        return try Photo(width: width, height: height, pixels: pixels)
    }
}

extension AnimationPipeline {
    /// Steps to the end; the pixels of all frames.
    func finish() throws -> [UInt8] {
        while state != .done { _ = try step() }
        return try (0..<parameters.frames).flatMap { try withFrame($0) { Array($0) } }
    }
}
