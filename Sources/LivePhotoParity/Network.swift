import LPModels
import LPTensor
import LPWeights

/// The tensors of an inputs file, by name.
struct Inputs {
    let file: SafetensorsFile

    func tensor(_ name: String) throws -> Tensor {
        guard let found = try optional(name) else { throw WeightError.missing(path: file.path, tensor: name) }
        return found
    }

    func optional(_ name: String) throws -> Tensor? { try file.entries[name].map { try file.floats($0) } }

    /// What a UNet starts from, and what it looks at.
    func conditions(of unet: UNet, _ compute: Compute) throws -> (sample: Tensor, context: UNetContext) {
        let sample = try tensor("sample")
        let context = try unet.context(
            frames: sample.shape[0], text: try tensor("text"), content: try optional("content"), compute)
        return (sample, context)
    }
}

/// What can be run, and the inputs each takes (channels last).
enum Network: String, CaseIterable {
    /// `sample` [F, h, w, C], `timestep` [1], `text` [F or 1, L, D], `content` [1, n, E] if the model looks at it
    case unet
    /// `pixels` [N, H, W, 3] in -1...1
    case encoder
    /// `latents` [N, h, w, C], scaled
    case decoder
    /// `ids` [L]
    case text
    /// `image` [N, H, W, 3], normalised; gives the tokens
    case content
    /// TAESD; `pixels` and `latents` as above, the latents unscaled
    case tinyEncoder = "tiny_encoder"
    case tinyDecoder = "tiny_decoder"
    /// All of them in turn, with the UNet; `sample` unit noise, `text`, `content` as above
    case samplers

    typealias Forward = (Inputs, Compute) throws -> Tensor

    /// The weights of a file; a tiny autoencoder's may be a folder with its two halves.
    func store(_ path: String) throws -> WeightStore {
        switch self {
        case .tinyEncoder, .tinyDecoder: try TinyAutoencoderFiles.store(path)
        default: try WeightStore(path: path)
        }
    }

    func load(_ weights: WeightStore, _ configuration: ModelConfiguration) throws -> Forward {
        switch self {
        case .unet:
            let unet = try UNet(weights.root, configuration.unet)
            return { inputs, compute in
                let (sample, context) = try inputs.conditions(of: unet, compute)
                guard let time = try inputs.tensor("timestep").array.first else {
                    throw TensorError.shape("timestep: no value")
                }
                return try unet(sample, timestep: time, context, compute).prediction
            }
        case .encoder:
            let autoencoder = try Autoencoder(weights.root, configuration.vae)
            return { try autoencoder.encode(try $0.tensor("pixels"), $1) }
        case .decoder:
            let autoencoder = try Autoencoder(weights.root, configuration.vae)
            return { try autoencoder.decode(try $0.tensor("latents"), $1) }
        case .text:
            let encoder = try CLIPTextEncoder(weights.root, configuration.textEncoder)
            return { try encoder(try $0.tensor("ids").array.map { Int($0) }, $1) }
        case .content:
            guard let part = configuration.contentEncoder else {
                throw WeightError.setting(key: "content_encoder", reason: "is absent")
            }
            switch try ContentEncoder(weights.root, part) {
            case .dinov2(let encoder, _): return { try encoder(try $0.tensor("image"), $1) }
            case .efficientNet(let encoder, _): return { try encoder(try $0.tensor("image"), $1).tokens }
            }
        case .tinyEncoder:
            let autoencoder = try tinyAutoencoder(weights, configuration)
            return { try autoencoder.encode(try $0.tensor("pixels"), $1) }
        case .tinyDecoder:
            let autoencoder = try tinyAutoencoder(weights, configuration)
            return { try autoencoder.decode(try $0.tensor("latents"), $1) }
        case .samplers:
            let unet = try UNet(weights.root, configuration.unet)
            return { inputs, compute in
                let (noise, context) = try inputs.conditions(of: unet, compute)
                let runs = SamplerRuns(
                    unet: unet, context: context, noise: noise, scheduler: configuration.scheduler)
                return try runs(compute)
            }
        }
    }

    private func tinyAutoencoder(_ weights: WeightStore, _ configuration: ModelConfiguration) throws -> TinyAutoencoder {
        try TinyAutoencoder(weights.root, latentChannels: configuration.vae.latentChannels)
    }
}
