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

    /// Time of a run over the time of its counted products at the machine's rate.
    private static let overhead = 1.8
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
        let decodings: Double = configuration.unet.motionHead == nil ? 1 : 2
        let steps = Double(configuration.conditioning.stepsTaken(of: parameters.steps))
        let seen = Double(try ContextWindows(model, parameters)?.framesPerStep ?? parameters.frames)
        let products = unet * steps * (seen * branches + inversion) + decoder * frames * decodings
        let pixels = Double(photo.width * photo.height) * frames
        seconds =
            ResourceEstimate.overhead * products / (try ProductRate.shared.productsPerSecond(compute))
            + pixels * ResourceEstimate.secondsPerPixel / Double(compute.threads)
        bytes = ResourceEstimate.memory(
            configuration, cells: cells, frames: frames, factor: Double(factor), photo: photo)
    }

    /// Multiplications of one forward pass of one frame, per latent cell.
    static func unetProducts(_ configuration: UNetConfiguration) throws -> Double {
        let levels = configuration.blockChannels.count
        return try configuration.weightShapes().shapes.reduce(0) { sum, weight in
            let (name, shape) = (weight.key, weight.value)
            // Embeddings and the keys of text and photo do not grow with the picture.
            let isPerCell =
                shape.count >= 2
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

    /// The widest layer of the UNet with its temporaries, everything waiting for the way up, the decoder's widest layer, the photo
    /// and the finished frames.
    private static func memory(
        _ configuration: ModelConfiguration, cells: Double, frames: Double, factor: Double, photo: Photo
    ) -> Int {
        let channels = configuration.unet.blockChannels.map(Double.init)
        let layers = Double(configuration.unet.layersPerBlock + 1)
        var waiting = 0.0
        var widest = 0.0
        for (level, width) in channels.enumerated() {
            let tensor = width * cells / Double(1 << (2 * level)) * frames * 4
            waiting += layers * tensor
            // A feed-forward layer holds its input, 8 times its width, and the half of that.
            widest = max(widest, 14 * tensor)
        }
        let decoder = 4 * Double(configuration.vae.blockChannels[0]) * cells * factor * factor * 4
        let pixels = Double(photo.width * photo.height)
        let working = cells * factor * factor * 3 * 4 * frames * 2
        let total = max(waiting + widest + working, decoder) + pixels * (3 * 4 * 4) + pixels * 3 * frames
        return Int(min(total, 1e18))
    }
}

extension String {
    /// Whether a part occurs in a name; the standard library alone has no such search.
    fileprivate func includes(_ part: String) -> Bool {
        let (bytes, wanted) = (Array(utf8), Array(part.utf8))
        guard !wanted.isEmpty, bytes.count >= wanted.count else { return false }
        return (0...bytes.count - wanted.count).contains { bytes[$0..<$0 + wanted.count].elementsEqual(wanted) }
    }
}
