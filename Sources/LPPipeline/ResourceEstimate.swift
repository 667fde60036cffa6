import LPModels
import LPSampling
import LPTensor
import LPWeights

/// What a run will take: counted from the networks' shapes, timed on this machine.
///
/// The networks' multiplications are counted weight by weight: a weight is used once per cell of the resolution it works at.
/// Attention's own products and element-wise work are not counted; they are in `overhead`, measured over whole runs.
struct ResourceEstimate {
    let seconds: Double
    /// Peak beyond the model's weights.
    let bytes: Int

    /// Time of a run over the time of its counted products at the machine's rate. In a large network the products are most of
    /// it, and Winograd's transform saves more of them than the rest costs.
    private static let overhead = (small: 1.8, large: 1.1)
    /// Seconds per output pixel and thread to move, add and round the photo's pixels.
    private static let secondsPerPixel = 6e-8

    init(model: AnimationModel, parameters: PipelineParameters, photo: Photo, _ compute: Compute) throws {
        let configuration = model.configuration
        let working = WorkingSize(photoWidth: photo.width, photoHeight: photo.height, configuration.working)
        let factor = model.autoencoder.factor
        let cells = Double(working.width / factor * (working.height / factor))
        let frames = Double(parameters.frames)
        let branches: Double = parameters.guidance == 1 ? 1 : 2
        let inversion: Double = configuration.prior?.mode == .ddim ? 1 : 0

        let unet = try ResourceEstimate.unetProducts(configuration.unet) * cells
        let decoder = ResourceEstimate.decoderProducts(configuration.vae) * cells
        // With layers alone no frame is decoded.
        let isMovedAlone = configuration.unet.layeredMotionHead != nil && configuration.conditioning.residualGain == 0
        let decodings: Double = isMovedAlone ? 0 : configuration.unet.motionHead == nil ? 1 : 2
        let steps = Double(configuration.conditioning.stepsTaken(of: parameters.steps))
        let seen = Double(try ContextWindows(model, parameters)?.framesPerStep ?? parameters.frames)
        let products = unet * steps * (seen * branches + inversion) + decoder * frames * decodings
        let pixels = Double(photo.width * photo.height) * frames
        seconds =
            (model.maps(.unet) ? ResourceEstimate.overhead.large : ResourceEstimate.overhead.small) * products
            / (try ProductRate.shared.productsPerSecond(compute))
            + pixels * ResourceEstimate.secondsPerPixel / Double(compute.threads)
        bytes = try ResourceEstimate.memory(
            model, parameters: parameters, cells: cells, photo: photo, threads: compute.threads)
    }

    /// Multiplications of one forward pass of one frame, per latent cell.
    static func unetProducts(_ configuration: UNetConfiguration) throws -> Double {
        let levels = configuration.blockChannels.count
        return try configuration.weightShapes().shapes.reduce(0) { sum, weight in
            let (name, shape) = (weight.key, weight.value)
            // Embeddings and the keys of text and photo do not grow with the picture. Masks are of the photo, not of a frame.
            let isPerCell =
                shape.count >= 2 && !name.hasPrefix("motion_head.photo.") && !name.hasPrefix("motion_head.program.")
                && !["time_emb_proj", "embedding", "affine_", "attn2.to_k", "attn2.to_v", "attn_img.to_k", "attn_img.to_v", "content_proj"]
                    .contains { name.includes($0) }
            guard isPerCell else { return sum }
            return sum + product(shape) / area(name, levels)
        }
    }

    /// Multiplications of decoding one frame, per latent cell.
    static func decoderProducts(_ configuration: VAEConfiguration) -> Double {
        let last = configuration.blockChannels.count - 1
        return configuration.weightShapes.shapes.reduce(0) { sum, weight in
            guard weight.key.hasPrefix("decoder."), weight.value.count >= 2 else { return sum }
            var level = 0
            if let index = index(after: "decoder.up_blocks.", in: weight.key) {
                level = weight.key.includes("upsamplers") ? index + 1 : index
            } else if weight.key.hasPrefix("decoder.conv_out") {
                level = last
            }
            return sum + product(weight.value) * Double(1 << (2 * level))
        }
    }

    /// How many times fewer cells than the latent has the resolution that a tensor works at.
    private static func area(_ name: String, _ levels: Int) -> Double {
        var level = 0
        if let index = index(after: "down_blocks.", in: name) {
            level = name.includes("downsamplers") ? index + 1 : index
        } else if name.hasPrefix("mid_block") {
            level = levels - 1
        } else if let index = index(after: "up_blocks.", in: name) {
            level = levels - 1 - index - (name.includes("upsamplers") ? 1 : 0)
        }
        return Double(1 << (2 * max(level, 0)))
    }

    private static func index(after prefix: String, in name: String) -> Int? {
        name.hasPrefix(prefix) ? Int(name.dropFirst(prefix.count).prefix { $0 != "." }) : nil
    }

    private static func product(_ shape: [Int]) -> Double { shape.reduce(1) { $0 * Double($1) } }

    /// The largest of the phases, less the model's own weights: what a phase computes with beside the weights that it reads.
    private static func memory(
        _ model: AnimationModel, parameters: PipelineParameters, cells: Double, photo: Photo, threads: Int
    ) throws -> Int {
        let configuration = model.configuration
        let frames = Double(parameters.frames)
        let weights = { (name: String) in Double(model.networks.first { $0.name == name }?.bytes ?? 0) }
        let own = model.networks.reduce(0) { $0 + Double($1.bytes) }
        let isMapped = model.maps(.unet)

        let factor = Double(model.autoencoder.factor)
        let working = cells * factor * factor
        let pixels = Double(photo.width * photo.height)
        let photos = 4 * 3 * (pixels + working) + 3 * pixels * frames
        let latents = 8 * Double(configuration.vae.latentChannels) * cells * frames * 4

        let branches = parameters.guidance == 1 ? 1.0 : 2.0
        let textRows = (configuration.textReweighting?.frames ?? 1) > 1 ? parameters.frames : 1
        let size = WorkingSize(photoWidth: photo.width, photoHeight: photo.height, configuration.working)
        let content = configuration.contentEncoder?.tokens(height: size.height, width: size.width) ?? 0
        let context = try configuration.unet.contextBytes(
            rows: textRows, tokens: configuration.tokenizerLength, content: content)
        let activations = try configuration.unet.activationBytes(frames: frames, cells: cells)
        // Transformed tiles and a kernel's panels of a convolution, the widened weights of a layer, freed memory that is kept.
        let largest = Double(configuration.unet.blockChannels.max() ?? 0)
        let work = isMapped ? tileBytes + Double(threads) * 5 * 9 * 32 * 4 * 2 * largest + cacheBytes : 0
        let denoising = (isMapped ? weights("unet") : own) + activations + branches * context + latents + work

        // Input, norm, output and the shortcut of a resnet at the photo's working size.
        let decoder = 4 * 4 * Double(configuration.vae.blockChannels.prefix(2).max() ?? 0) * working
        let decodings = configuration.unet.motionHead == nil ? 1.0 : 2.0
        let decoding = (isMapped ? weights("vae") : own) + decoder + decodings * working * 12 * frames + latents + work
        let reading = weights("text_encoder") + (isMapped ? 0 : own)
        var looking = 0.0
        if case .efficientNet(let settings)? = configuration.contentEncoder {
            looking = (isMapped ? weights("content_encoder") : own) + settings.activationBytes(pixels: working)
        }
        // The photo taken apart: canvas, plates and masks beside what is kept for reuse, and the pieces that plates are continued by.
        let composing = configuration.unet.layeredMotionHead == nil ? 0 : pixels * layerBytes + pieceBytes + (isMapped ? 0 : cacheBytes)
        return Int(min(max(max(denoising, decoding, reading, looking) + photos + composing - own, activations / 8, 0), 1e18))
    }

    /// Transformed tiles of one convolution at most (`Compute.conv2d`).
    private static let tileBytes = 48.0 * 1024 * 1024
    /// Of each pixel of a photo taken apart, and of what looks for pieces to continue its parts by; both measured.
    private static let layerBytes = 32.0
    private static let pieceBytes = 60.0 * 1024 * 1024
    /// Freed blocks kept for reuse, at most (`MemoryCache`).
    private static let cacheBytes = 128.0 * 1024 * 1024
}

extension String {
    /// Whether a part occurs in a name; the standard library alone has no such search.
    fileprivate func includes(_ part: String) -> Bool {
        let (bytes, wanted) = (Array(utf8), Array(part.utf8))
        guard !wanted.isEmpty, bytes.count >= wanted.count else { return false }
        return (0...bytes.count - wanted.count).contains { bytes[$0..<$0 + wanted.count].elementsEqual(wanted) }
    }
}
