import LPTensor
import LPWeights

/// Pixels to the mean of the latents' distribution. Reference: diffusers `Encoder`, `AutoencoderKL.quant_conv`.
struct VAEEncoder: Sendable {
    private let input: Conv2D
    private let stages: [VAEStage]
    private let mid: VAEMidBlock
    private let norm: GroupNorm
    private let output: Conv2D
    private let quantization: Linear?
    private let latentChannels: Int

    /// - Parameter weights: the root of the file; keys `encoder.*`, `quant_conv`
    init(_ weights: WeightStore.Scope, _ configuration: VAEConfiguration) throws {
        let (encoder, channels) = (weights.scoped("encoder"), configuration.blockChannels)
        let (first, last) = (channels[0], channels[channels.count - 1])
        input = try Conv2D(encoder.scoped("conv_in"), configuration.inputChannels, first)
        stages = try channels.indices.map {
            try VAEStage(
                encoder.scoped("down_blocks", $0), channels[max($0 - 1, 0)], channels[$0],
                resnets: configuration.layersPerBlock, $0 < channels.count - 1 ? .halve : .none, configuration)
        }
        mid = try VAEMidBlock(encoder.scoped("mid_block"), last, configuration)
        norm = try configuration.outputNorm(encoder, last)
        let moments = 2 * configuration.latentChannels
        output = try Conv2D(encoder.scoped("conv_out"), last, moments)
        quantization =
            configuration.usesQuantConvolution ? try Linear(weights.scoped("quant_conv"), moments, moments) : nil
        latentChannels = configuration.latentChannels
    }

    /// - Shapes: `x` [N, H, W, 3] -> [N, h, w, latents]
    func callAsFunction(_ x: Tensor, _ compute: Compute) throws -> Tensor {
        var hidden = try input(x, compute)  // [N, H, W, b0]
        for stage in stages { hidden = try stage(hidden, compute) }  // [N, h, w, last]
        hidden = try mid(hidden, compute)
        hidden = try output(try norm(hidden, compute, activation: .silu), compute)  // [N, h, w, 2 x latents]
        if let quantization { hidden = try quantization(hidden, compute) }
        return try hidden.firstChannels(latentChannels)
    }
}

extension Tensor {
    /// The first `count` values of each row: [..., C] -> [..., count].
    func firstChannels(_ count: Int) throws -> Tensor {
        guard let channels = shape.last, channels >= count, channels > 0 else {
            throw TensorError.shape("no \(count) channels in \(shape)")
        }
        let result = try Tensor(uninitialized: shape.dropLast() + [count])
        for row in 0..<(self.count / channels) {
            result.pointer.advanced(by: row * count).update(from: pointer + row * channels, count: count)
        }
        return result
    }
}
