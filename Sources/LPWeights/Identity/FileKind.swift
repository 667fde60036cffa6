/// What a file of weights holds, as far as its names and shapes tell.
package enum FileKind: Equatable, Sendable {
    package enum Layout: Equatable, Sendable {
        /// As in the single-file checkpoints of the first Stable Diffusion code.
        case singleFile
        case diffusers
    }

    package enum MotionVersion: String, Sendable {
        case v1, v2, v3
        case lcm = "AnimateLCM"
    }

    package enum LowRank: Equatable, Sendable {
        /// Changes motion modules.
        case motion
        case kohya
        /// diffusers' names, new or old; AnimateDiff's domain adapter is one of these.
        case diffusers
    }

    package enum TinyPart: Equatable, Sendable {
        case both, encoder, decoder
    }

    /// UNet, autoencoder and text encoder in one file; the last two may be absent.
    case checkpoint(inputs: Int, hasAutoencoder: Bool, hasText: Bool)
    case unet(inputs: Int, layout: Layout, hasMotion: Bool)
    case autoencoder(Layout)
    case textEncoder
    case motionModule(MotionVersion)
    /// Motion modules and an input convolution of nine channels.
    case pia
    /// Our own conditioner over a Stable Diffusion UNet.
    case livePhotoAdapter
    case lowRank(LowRank)
    case tinyAutoencoder(TinyPart)
    /// DINOv2.
    case contentEncoder(width: Int)
    case efficientNet(blocks: Int)
    /// A kind that is known by name only; the text says which.
    case unsupported(String)
    case unknown
}

extension FileKind {
    /// One word for programs: "motion".
    package var word: String {
        switch self {
        case .checkpoint: "checkpoint"
        case .unet: "unet"
        case .autoencoder: "vae"
        case .textEncoder: "text_encoder"
        case .motionModule: "motion"
        case .pia: "pia"
        case .livePhotoAdapter: "livephoto_adapter"
        case .lowRank: "lora"
        case .tinyAutoencoder: "taesd"
        case .contentEncoder: "content_encoder"
        case .efficientNet: "efficientnet"
        case .unsupported: "unsupported"
        case .unknown: "unknown"
        }
    }
}

extension FileKind: CustomStringConvertible {
    /// "a motion module of AnimateDiff, version 2"
    package var description: String {
        switch self {
        case .checkpoint(let inputs, let hasAutoencoder, let hasText):
            let others = [hasAutoencoder ? "autoencoder" : nil, hasText ? "text encoder" : nil].compactMap(\.self)
            let rest = others.isEmpty ? " alone" : ", " + others.joined(separator: ", ")
            return "a Stable Diffusion checkpoint in one file: UNet with \(inputs) input channels\(rest)"
        case .unet(let inputs, _, let hasMotion):
            return "a Stable Diffusion UNet with \(inputs) input channels" + (hasMotion ? " and motion modules" : "")
        case .autoencoder: return "a Stable Diffusion autoencoder (VAE)"
        case .textEncoder: return "a CLIP text encoder"
        case .motionModule(.lcm): return "a motion module of AnimateLCM"
        case .motionModule(let version):
            return "a motion module of AnimateDiff, version \(version.rawValue.dropFirst())"
        case .pia: return "PIA's condition adapter: motion modules and an input convolution of 9 channels"
        case .livePhotoAdapter: return "a LivePhoto adapter"
        case .lowRank(.motion): return "a motion LoRA of AnimateDiff"
        case .lowRank(.kohya): return "a LoRA (kohya's names)"
        case .lowRank(.diffusers): return "a LoRA (diffusers' names)"
        case .tinyAutoencoder(.both): return "a tiny autoencoder (TAESD)"
        case .tinyAutoencoder(.encoder): return "the encoder of a tiny autoencoder (TAESD)"
        case .tinyAutoencoder(.decoder): return "the decoder of a tiny autoencoder (TAESD)"
        case .contentEncoder(let width): return "a DINOv2 content encoder, \(Self.size(width))"
        case .efficientNet(let blocks): return "an EfficientNet-Lite content encoder of \(blocks) blocks"
        case .unsupported(let name): return "\(name), which this library does not run"
        case .unknown: return "tensors of no kind that is known here"
        }
    }

    private static func size(_ width: Int) -> String {
        switch width {
        case 384: "S/14"
        case 768: "B/14"
        case 1024: "L/14"
        case 1536: "g/14"
        default: "width \(width)"
        }
    }
}
