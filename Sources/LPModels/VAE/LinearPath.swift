import LPTensor
import LPWeights

/// The straight way between pixels and latents: each latent cell is a linear image of its f x f pixels, and each patch of
/// pixels one of its cell. Our addition; it keeps colours exact where the network keeps texture.
///
/// Keys `encoder_linear`, `decoder_linear`: weights [C, 3, f, f] (a convolution and a transposed convolution of stride f).
struct LinearPath: Sendable {
    /// [C, f f 3]: pixels of a patch in the order row, column, colour.
    private let encoder: Parameter
    private let encoderBias: Tensor
    /// [f f 3, C]
    private let decoder: Parameter
    private let decoderBias: Tensor
    private let factor: Int

    init(_ weights: WeightStore.Scope, _ configuration: VAEConfiguration) throws {
        let (latents, f) = (configuration.latentChannels, configuration.factor)
        let (encoder, decoder) = (weights.scoped("encoder_linear"), weights.scoped("decoder_linear"))
        let shape = [latents, 3, f, f]
        let into = try encoder.tensor("weight", shape)
        let outOf = try decoder.tensor("weight", shape)
        let colours = try decoder.tensor("bias", [3])
        let patch = f * f * 3
        let rows = try Tensor(uninitialized: [latents, patch])
        let columns = try Tensor(uninitialized: [patch, latents])
        for latent in 0..<latents {
            for colour in 0..<3 {
                for pixel in 0..<(f * f) {
                    let source = (latent * 3 + colour) * f * f + pixel
                    rows.pointer[latent * patch + pixel * 3 + colour] = into.pointer[source]
                    columns.pointer[(pixel * 3 + colour) * latents + latent] = outOf.pointer[source]
                }
            }
        }
        self.encoder = Parameter(rows)
        encoderBias = try encoder.tensor("bias", [latents])
        self.decoder = Parameter(columns)
        decoderBias = try Tensor((0..<patch).map { colours.pointer[$0 % 3] }, shape: [patch])
        factor = f
    }

    /// - Shapes: `x` [N, H, W, 3], f dividing H and W -> [N, h, w, latents]
    func encode(_ x: Tensor, _ compute: Compute) throws -> Tensor {
        let (count, height, width) = (x.shape[0], x.shape[1] / factor, x.shape[2] / factor)
        let patches = try Tensor(uninitialized: [count, height, width, factor * factor * 3])
        try move(cells: patches, pixels: x, width: width, toPixels: false, compute)
        return try compute.linear(patches, encoder, bias: encoderBias)  // [N, h, w, latents]
    }

    /// - Shapes: `z` [N, h, w, latents] -> [N, H, W, 3]
    func decode(_ z: Tensor, _ compute: Compute) throws -> Tensor {
        let patches = try compute.linear(z, decoder, bias: decoderBias)  // [N, h, w, f f 3]
        let pixels = try Tensor(uninitialized: [z.shape[0], z.shape[1] * factor, z.shape[2] * factor, 3])
        try move(cells: patches, pixels: pixels, width: z.shape[2], toPixels: true, compute)
        return pixels
    }

    /// Copies patches to where they lie in the picture or back, one row of cells at a time.
    private func move(cells: Tensor, pixels: Tensor, width: Int, toPixels: Bool, _ compute: Compute) throws {
        let run = factor * 3
        let rowCount = pixels.shape[0] * pixels.shape[1]
        try compute.parallel(rowCount / factor) { row in
            for cell in 0..<width {
                for line in 0..<factor {
                    let patch = cells.pointer + ((row * width + cell) * factor + line) * run
                    let place = pixels.pointer + ((row * factor + line) * width + cell) * run
                    if toPixels {
                        place.update(from: patch, count: run)
                    } else {
                        patch.update(from: place, count: run)
                    }
                }
            }
        }
    }
}
