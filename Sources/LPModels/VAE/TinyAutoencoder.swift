import Glibc
import LPTensor
import LPWeights

/// TAESD: a small network that stands in for the autoencoder where speed counts for more than detail, such as previews.
///
/// Its latents are those that the UNet works on, so that nothing is scaled.
/// Reference: diffusers `AutoencoderTiny` (madebyollin/taesd); keys `encoder.layers.N.*`, `decoder.layers.N.*`, where N
/// counts diffusers' layers without weights too.
package struct TinyAutoencoder: Sendable {
    /// Pixels per latent cell and side.
    package static let factor = 8

    package let latentChannels: Int
    private let encoder: [TinyLayer]?
    private let decoder: [TinyLayer]

    /// - Parameters:
    ///   - weights: the root of the file, which may lack the encoder
    ///   - latentChannels: of the UNet
    /// - Throws: `WeightError`
    package init(_ weights: WeightStore.Scope, latentChannels: Int) throws {
        self.latentChannels = latentChannels
        let decoding = weights.scoped("decoder.layers")
        // The width is the file's affair; a shape that is no convolution's is refused when it is asked for.
        let width = decoding.shape(of: "0.weight")?.first ?? 64
        decoder = try Self.decoder(decoding, width: width, latents: latentChannels)
        let encoding = weights.scoped("encoder.layers")
        encoder = encoding.has("0.weight") ? try Self.encoder(encoding, width: width, latents: latentChannels) : nil
    }

    private static func encoder(_ weights: WeightStore.Scope, width: Int, latents: Int) throws -> [TinyLayer] {
        var layers = [TinyLayer.convolution(try Conv2D(weights.scoped("0"), 3, width))]
        layers.append(.block(try TinyBlock(weights.scoped("1"), width)))
        for stage in 0..<3 {
            let first = 2 + 4 * stage
            layers.append(
                .convolution(try Conv2D(weights.scoped("\(first)"), width, width, stride: 2, bias: false)))
            for index in 1...3 { layers.append(.block(try TinyBlock(weights.scoped("\(first + index)"), width))) }
        }
        return layers + [.convolution(try Conv2D(weights.scoped("14"), width, latents))]
    }

    private static func decoder(_ weights: WeightStore.Scope, width: Int, latents: Int) throws -> [TinyLayer] {
        var layers = [TinyLayer.convolution(try Conv2D(weights.scoped("0"), latents, width), .relu)]
        for stage in 0..<3 {
            let first = 2 + 5 * stage
            for index in 0...2 { layers.append(.block(try TinyBlock(weights.scoped("\(first + index)"), width))) }
            layers.append(.double(try Conv2D(weights.scoped("\(first + 4)"), width, width, bias: false)))
        }
        layers.append(.block(try TinyBlock(weights.scoped("17"), width)))
        return layers + [.convolution(try Conv2D(weights.scoped("18"), width, 3))]
    }

    /// - Shapes: `x` [N, H, W, 3] in -1...1, 8 dividing H and W -> [N, H / 8, W / 8, latents], scaled
    /// - Throws: `TensorError.shape`, also where the file has no encoder
    package func encode(_ x: Tensor, _ compute: Compute) throws -> Tensor {
        guard let encoder else { throw TensorError.shape("this tiny autoencoder has no encoder") }
        guard x.shape.count == 4, x.shape[3] == 3, x.count > 0, x.shape[1] % Self.factor == 0,
            x.shape[2] % Self.factor == 0
        else { throw TensorError.shape("no picture to encode: \(x.shape), sides not multiples of \(Self.factor)") }
        return try Autoencoder.imageByImage(x, compute) { image in
            try Self.run(encoder, try mapped(image) { ($0 + 1) / 2 }, compute)
        }
    }

    /// - Shapes: `z` [N, h, w, latents], scaled -> [N, 8 h, 8 w, 3], about -1...1
    package func decode(_ z: Tensor, _ compute: Compute) throws -> Tensor {
        guard z.shape.count == 4, z.shape[3] == latentChannels, z.count > 0 else {
            throw TensorError.shape("no latents to decode: \(z.shape)")
        }
        return try Autoencoder.imageByImage(z, compute) { latents in
            let pixels = try Self.run(decoder, try mapped(latents) { tanhf($0 / 3) * 3 }, compute)
            return try mapped(pixels) { $0 * 2 - 1 }
        }
    }

    private static func run(_ layers: [TinyLayer], _ x: Tensor, _ compute: Compute) throws -> Tensor {
        try layers.reduce(x) { hidden, layer in
            try compute.checkCancelled()
            return try layer(hidden, compute)
        }
    }

    private func mapped(_ x: Tensor, _ body: (Float) -> Float) throws -> Tensor {
        let y = try Tensor(uninitialized: x.shape)
        for index in 0..<x.count { y.pointer[index] = body(x.pointer[index]) }
        return y
    }
}

extension TinyAutoencoder {
    /// Names and shapes of everything in the file.
    package static func weightShapes(width: Int = 64, latentChannels: Int = 4) -> WeightShapes {
        var shapes = WeightShapes()
        func block(_ key: String) {
            for index in [0, 2, 4] { shapes.convolution("\(key).conv.\(index)", width, width) }
        }
        shapes.convolution("encoder.layers.0", 3, width)
        for index in [1, 3, 4, 5, 7, 8, 9, 11, 12, 13] { block("encoder.layers.\(index)") }
        for index in [2, 6, 10] { shapes.add("encoder.layers.\(index).weight", [width, width, 3, 3]) }
        shapes.convolution("encoder.layers.14", width, latentChannels)
        shapes.convolution("decoder.layers.0", latentChannels, width)
        for index in [2, 3, 4, 7, 8, 9, 12, 13, 14, 17] { block("decoder.layers.\(index)") }
        for index in [6, 11, 16] { shapes.add("decoder.layers.\(index).weight", [width, width, 3, 3]) }
        shapes.convolution("decoder.layers.18", width, 3)
        return shapes
    }
}
