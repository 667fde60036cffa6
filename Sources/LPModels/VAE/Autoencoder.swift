import LPTensor
import LPWeights

/// Pixels in -1...1 to scaled latents and back.
///
/// Reference: diffusers `AutoencoderKL`, mean of the posterior; plus an optional linear path (Models/FORMAT.md).
package struct Autoencoder: Sendable {
    package let configuration: VAEConfiguration
    private let encoder: VAEEncoder?
    private let decoder: VAEDecoder
    private let linearPath: LinearPath?
    /// Pixels to latents, in squares; nil if the model takes images whole.
    private let encoding: TiledPass?
    private let decoding: TiledPass?

    /// - Parameter weights: the root of vae.safetensors
    package init(_ weights: WeightStore.Scope, _ configuration: VAEConfiguration) throws {
        self.configuration = configuration
        encoder = configuration.hasEncoder ? try VAEEncoder(weights, configuration) : nil
        decoder = try VAEDecoder(weights, configuration)
        linearPath = configuration.linearPath ? try LinearPath(weights, configuration) : nil
        let factor = configuration.factor
        encoding = configuration.tile.map { TiledPass(inputSide: $0, outputSide: $0 / factor) }
        decoding = configuration.tile.map { TiledPass(inputSide: $0 / factor, outputSide: $0) }
    }

    /// Pixels per latent cell and side.
    package var factor: Int { configuration.factor }

    /// - Shapes: `x` [N, H, W, 3] in -1...1, `factor` dividing H and W -> [N, H / factor, W / factor, latents], scaled
    package func encode(_ x: Tensor, _ compute: Compute) throws -> Tensor {
        guard x.shape.count == 4, x.shape[3] == 3, x.count > 0, x.shape[1] % factor == 0, x.shape[2] % factor == 0
        else { throw TensorError.shape("no picture to encode: \(x.shape), sides not multiples of \(factor)") }
        var latents = try linearPath?.encode(x, compute)
        if let encoder {
            let mean = try Self.imageByImage(x, compute) { image in
                if let encoding, encoding.isNeeded(for: image) {
                    return try encoding(image) { try encoder($0, compute) }
                }
                return try encoder(image, compute)
            }
            latents = try latents.map { try compute.add(mean, $0) } ?? mean
        }
        guard let latents else { throw TensorError.shape("this autoencoder has no encoder") }
        return try scaled(latents, configuration.scalingFactor, compute)
    }

    /// - Shapes: `z` [N, h, w, latents], scaled -> [N, h x factor, w x factor, 3], about -1...1
    package func decode(_ z: Tensor, _ compute: Compute) throws -> Tensor {
        guard z.shape.count == 4, z.shape[3] == configuration.latentChannels, z.count > 0 else {
            throw TensorError.shape("no latents to decode: \(z.shape)")
        }
        let latents = try scaled(z, 1 / configuration.scalingFactor, compute)
        let pixels = try Self.imageByImage(latents, compute) { image in
            if let decoding, decoding.isNeeded(for: image) { return try decoding(image) { try decoder($0, compute) } }
            return try decoder(image, compute)
        }
        if let linearPath { try compute.addInPlace(pixels, try linearPath.decode(latents, compute)) }
        return pixels
    }

    private func scaled(_ x: Tensor, _ factor: Float, _ compute: Compute) throws -> Tensor {
        factor == 1 ? x : try compute.scale(x, factor)
    }

    /// One image after the other, each with all threads: a picture's activations are large, and need not be kept for all.
    static func imageByImage(
        _ x: Tensor, _ compute: Compute, _ body: (Tensor) throws -> Tensor
    ) throws -> Tensor {
        if x.shape[0] == 1 { return try body(x) }
        return try compute.concatFirst(try (0..<x.shape[0]).map { try body(try x.slice($0..<($0 + 1))) })
    }
}
