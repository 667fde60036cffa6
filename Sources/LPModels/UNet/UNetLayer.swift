import LPTensor
import LPWeights

/// What all blocks of a UNet share: settings of the configuration in the form the layers want them.
struct UNetSettings {
    let configuration: UNetConfiguration
    let embedding: Int
    let resnetScope: NormScope
    let motionScope: NormScope
    let positions: TemporalPositions

    init(_ configuration: UNetConfiguration) {
        self.configuration = configuration
        embedding = configuration.embeddingWidth
        resnetScope = configuration.resnetNormScope.normScope
        motionScope = configuration.motionNormScope.normScope
        switch configuration.motionPositions {
        case .index: positions = .index
        case .clip: positions = .clip(frames: configuration.motionFrames)
        }
    }

    func resnet(_ weights: WeightStore.Scope, _ inputs: Int, _ outputs: Int) throws -> ResnetBlock {
        try ResnetBlock(
            weights, inputs, outputs, embedding: embedding, scaleShift: configuration.timeScaleShift == .scaleShift,
            groups: configuration.normGroups, epsilon: configuration.epsilon, scope: resnetScope)
    }

    func transformer(_ weights: WeightStore.Scope, _ width: Int) throws -> SpatialTransformer {
        try SpatialTransformer(
            weights, width: width, contextWidth: configuration.crossAttentionWidth,
            heads: configuration.heads, groups: configuration.normGroups,
            content: configuration.imageCrossAttention)
    }

    func motion(_ weights: WeightStore.Scope, _ width: Int) throws -> MotionModule {
        try MotionModule(
            weights, width: width, heads: configuration.motionHeads, groups: configuration.normGroups,
            scope: motionScope, positions: positions)
    }
}

/// One layer of a down or up block: resnet, then attention within each frame, then attention over time.
struct UNetLayer: Sendable {
    private let resnet: ResnetBlock
    private let transformer: SpatialTransformer?
    private let motion: MotionModule?

    /// - Parameters:
    ///   - block: the block's names; layer `index` is `resnets.index`, `attentions.index`, `motion_modules.index`
    ///   - attention: whether the block attends within frames
    init(
        _ block: WeightStore.Scope, _ index: Int, _ inputs: Int, _ outputs: Int, attention: Bool,
        _ settings: UNetSettings
    ) throws {
        resnet = try settings.resnet(block.scoped("resnets", index), inputs, outputs)
        transformer = attention ? try settings.transformer(block.scoped("attentions", index), outputs) : nil
        motion =
            settings.configuration.usesMotionModules
            ? try settings.motion(block.scoped("motion_modules", index), outputs) : nil
    }

    var transformers: [SpatialTransformer] { transformer.map { [$0] } ?? [] }

    /// - Shapes: `x` [F, h, w, inputs] -> [F, h, w, outputs]
    func callAsFunction(_ x: Tensor, _ state: UNetState, _ compute: Compute) throws -> Tensor {
        var hidden = try resnet(x, embedding: state.embedding, compute)  // [F, h, w, outputs]
        if let transformer { hidden = try transformer(hidden, try state.nextContext(), compute) }
        if let motion { hidden = try motion(hidden, scale: state.motionScale, compute) }
        return hidden
    }
}
