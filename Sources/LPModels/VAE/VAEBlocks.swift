import LPTensor
import LPWeights

extension VAEConfiguration {
    func resnet(_ weights: WeightStore.Scope, _ inputs: Int, _ outputs: Int) throws -> ResnetBlock {
        try ResnetBlock(weights, inputs, outputs, groups: normGroups, epsilon: 1e-6)
    }

    func outputNorm(_ weights: WeightStore.Scope, _ channels: Int) throws -> GroupNorm {
        try GroupNorm(weights.scoped("conv_norm_out"), channels, groups: normGroups, epsilon: 1e-6)
    }
}

/// Resnets and the attention at the smallest size.
struct VAEMidBlock: Sendable {
    private let resnet0: ResnetBlock
    private let attention: VAEAttention?
    private let resnet1: ResnetBlock

    init(_ weights: WeightStore.Scope, _ channels: Int, _ configuration: VAEConfiguration) throws {
        resnet0 = try configuration.resnet(weights.scoped("resnets", 0), channels, channels)
        attention =
            configuration.midBlockAttention
            ? try VAEAttention(weights.scoped("attentions", 0), channels, groups: configuration.normGroups) : nil
        resnet1 = try configuration.resnet(weights.scoped("resnets", 1), channels, channels)
    }

    /// - Shapes: `x` [N, h, w, C] -> the same
    func callAsFunction(_ x: Tensor, _ compute: Compute) throws -> Tensor {
        var hidden = try resnet0(x, compute)
        if let attention { hidden = try attention(hidden, compute) }
        return try resnet1(hidden, compute)
    }
}

/// Resnets of one size, then (unless it is the last) half or twice the size.
struct VAEStage: Sendable {
    enum Resampling { case none, halve, double }

    private let resnets: [ResnetBlock]
    private let convolution: Conv2D?
    private let resampling: Resampling

    init(
        _ weights: WeightStore.Scope, _ inputs: Int, _ outputs: Int, resnets count: Int, _ resampling: Resampling,
        _ configuration: VAEConfiguration
    ) throws {
        resnets = try (0..<count).map {
            try configuration.resnet(weights.scoped("resnets", $0), $0 == 0 ? inputs : outputs, outputs)
        }
        self.resampling = resampling
        switch resampling {
        case .none: convolution = nil
        case .halve:
            // The encoder pads below and to the right only.
            convolution = try Conv2D(
                weights.scoped("downsamplers.0.conv"), outputs, outputs, stride: 2,
                padding: Padding(top: 0, left: 0, bottom: 1, right: 1))
        case .double: convolution = try Conv2D(weights.scoped("upsamplers.0.conv"), outputs, outputs)
        }
    }

    /// - Shapes: `x` [N, H, W, inputs] -> [N, H', W', outputs]
    func callAsFunction(_ x: Tensor, _ compute: Compute) throws -> Tensor {
        var hidden = x
        for resnet in resnets { hidden = try resnet(hidden, compute) }
        guard let convolution else { return hidden }
        try compute.checkCancelled()
        if resampling == .double {
            hidden = try compute.upsampleNearest(hidden, height: 2 * hidden.shape[1], width: 2 * hidden.shape[2])
        }
        return try convolution(hidden, compute)
    }
}
