import LPTensor
import LPWeights

/// Layers of one resolution on the way down, then (unless it is the last) half the size.
struct DownBlock: Sendable {
    private let layers: [UNetLayer]
    private let downsampler: Conv2D?

    init(
        _ weights: WeightStore.Scope, _ inputs: Int, _ outputs: Int, attention: Bool, isLast: Bool,
        _ settings: UNetSettings
    ) throws {
        layers = try (0..<settings.configuration.layersPerBlock).map {
            try UNetLayer(weights, $0, $0 == 0 ? inputs : outputs, outputs, attention: attention, settings)
        }
        downsampler = isLast ? nil : try Conv2D(weights.scoped("downsamplers.0.conv"), outputs, outputs, stride: 2)
    }

    var transformers: [SpatialTransformer] { layers.flatMap(\.transformers) }

    /// - Shapes: `x` [F, h, w, inputs] -> [F, ceil(h/2), ceil(w/2), outputs], or [F, h, w, outputs] if it is the last
    func callAsFunction(_ x: Tensor, _ state: UNetState, _ compute: Compute) throws -> Tensor {
        var hidden = x
        for layer in layers {
            hidden = try layer(hidden, state, compute)  // [F, h, w, outputs]
            state.push(hidden)
        }
        if let downsampler {
            hidden = try downsampler(hidden, compute)
            state.push(hidden)
        }
        return hidden
    }
}

/// The smallest resolution: resnet, attention within each frame, attention over time, resnet.
struct MidBlock: Sendable {
    private let resnet0: ResnetBlock
    private let transformer: SpatialTransformer
    private let motion: MotionModule?
    private let resnet1: ResnetBlock

    init(_ weights: WeightStore.Scope, _ channels: Int, _ settings: UNetSettings) throws {
        resnet0 = try settings.resnet(weights.scoped("resnets", 0), channels, channels)
        transformer = try settings.transformer(weights.scoped("attentions", 0), channels)
        let moves = settings.configuration.usesMotionModules && settings.configuration.usesMotionMidBlock
        motion = moves ? try settings.motion(weights.scoped("motion_modules", 0), channels) : nil
        resnet1 = try settings.resnet(weights.scoped("resnets", 1), channels, channels)
    }

    var transformers: [SpatialTransformer] { [transformer] }

    /// - Shapes: `x` [F, h, w, C] -> the same
    func callAsFunction(_ x: Tensor, _ state: UNetState, _ compute: Compute) throws -> Tensor {
        var hidden = try resnet0(x, embedding: state.embedding, compute)  // [F, h, w, C]
        hidden = try transformer(hidden, try state.nextContext(), compute)
        if let motion { hidden = try motion(hidden, scale: state.motionScale, compute) }
        return try resnet1(hidden, embedding: state.embedding, compute)
    }
}

/// Layers of one resolution on the way up, each joined with its twin from the way down, then (unless it is the last)
/// the size of the next of these.
struct UpBlock: Sendable {
    private let layers: [UNetLayer]
    private let upsampler: Conv2D?

    /// - Parameters:
    ///   - inputs: channels that come from below
    ///   - skips: channels of the waiting outputs, in the order in which they are joined
    init(
        _ weights: WeightStore.Scope, _ inputs: Int, skips: [Int], _ outputs: Int, attention: Bool, isLast: Bool,
        _ settings: UNetSettings
    ) throws {
        layers = try skips.enumerated().map { index, skip in
            try UNetLayer(
                weights, index, (index == 0 ? inputs : outputs) + skip, outputs, attention: attention, settings)
        }
        upsampler = isLast ? nil : try Conv2D(weights.scoped("upsamplers.0.conv"), outputs, outputs)
    }

    var transformers: [SpatialTransformer] { layers.flatMap(\.transformers) }

    /// - Shapes: `x` [F, h, w, inputs] -> [F, h', w', outputs], h' x w' the size of the next waiting output
    func callAsFunction(_ x: Tensor, _ state: UNetState, _ compute: Compute) throws -> Tensor {
        var hidden = x
        for layer in layers {
            let joined = try compute.concatChannels([hidden, try state.pop()])  // [F, h, w, inputs + skip]
            hidden = try layer(joined, state, compute)  // [F, h, w, outputs]
        }
        if let upsampler, let target = state.topSkip {
            // The exact size of the next skip: twice this one, or one less where the way down had an odd side.
            hidden = try compute.upsampleNearest(hidden, height: target.shape[1], width: target.shape[2])
            hidden = try upsampler(hidden, compute)
        }
        return hidden
    }
}
