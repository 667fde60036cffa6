import LPTensor
import LPWeights

/// Latents to pixels. Reference: diffusers `Decoder`, `AutoencoderKL.post_quant_conv`.
struct VAEDecoder: Sendable {
    private let quantization: Linear?
    private let input: Conv2D
    private let mid: VAEMidBlock
    private let stages: [VAEStage]
    private let norm: GroupNorm
    private let output: Conv2D

    /// - Parameter weights: the root of the file; keys `decoder.*`, `post_quant_conv`
    init(_ weights: WeightStore.Scope, _ configuration: VAEConfiguration) throws {
        let (decoder, latents) = (weights.scoped("decoder"), configuration.latentChannels)
        let channels = Array(configuration.blockChannels.reversed())
        quantization =
            configuration.usesPostQuantConvolution
            ? try Linear(weights.scoped("post_quant_conv"), latents, latents) : nil
        input = try Conv2D(decoder.scoped("conv_in"), latents, channels[0])
        mid = try VAEMidBlock(decoder.scoped("mid_block"), channels[0], configuration)
        stages = try channels.indices.map {
            try VAEStage(
                decoder.scoped("up_blocks", $0), channels[max($0 - 1, 0)], channels[$0],
                resnets: configuration.layersPerBlock + 1, $0 < channels.count - 1 ? .double : .none, configuration)
        }
        norm = try configuration.outputNorm(decoder, channels[channels.count - 1])
        output = try Conv2D(decoder.scoped("conv_out"), channels[channels.count - 1], configuration.outputChannels)
    }

    /// - Shapes: `z` [N, h, w, latents] -> [N, H, W, 3]
    func callAsFunction(_ z: Tensor, _ compute: Compute) throws -> Tensor {
        var hidden = try quantization?(z, compute) ?? z
        hidden = try mid(try input(hidden, compute), compute)  // [N, h, w, last]
        for stage in stages { hidden = try stage(hidden, compute) }  // [N, H, W, b0]
        try compute.checkCancelled()
        return try output(try norm(hidden, compute, activation: .silu), compute)  // [N, H, W, 3]
    }
}
