import LPTensor
import LPWeights

/// A small U-Net over what the content encoder sees in the photo, told by the words: where what they name is. Our addition; see
/// "Masks" in Models/FORMAT.md.
///
/// Keys `text_embedding`, `query`, `laterals`, `likeness`, `resnet_deep`, `attention`, `resnets_mid`, `trunk_norm`, `trunk_proj`,
/// `narrow`, `resnets_up`, `norm_out`, `conv_out_1`, `conv_out_2`. Letters: H x W working pixels, h x w latent cells, c0...c3
/// channels at 1/2 to 1/16 of the photo (c3 at 1/32 too), E width of the embedding, K channels of the encoder's head.
struct MaskUNet: Sendable {
    /// What photo and words say by themselves; made once a run.
    struct Context: Sendable {
        /// The resnets' SiLU already applied, [1, E]
        let embedding: Tensor
        /// The encoder's features at 1/2 and 1/4 of the photo's size, [1, ..., ..., c0 and c1]
        let half: Tensor
        let quarter: Tensor
        /// The same at 1/8, with what was found below, [1, ..., ..., c2]
        let eighth: Tensor
    }

    private let textEmbedding: TimestepEmbedding
    private let query: ConceptQuery
    private let laterals: [Linear]
    private let likeness: Linear
    private let resnetDeep: ResnetBlock
    private let attention: SpatialTransformer
    private let resnetsMid: [ResnetBlock]
    private let trunkNorm: GroupNorm
    private let trunkProjection: Linear
    private let narrow: [Linear]
    private let resnetsUp: [ResnetBlock]
    private let outputNorm: GroupNorm
    private let outputConvolution1: Conv2D
    private let outputConvolution2: Conv2D
    private let pyramidChannels: [Int]

    /// - Parameter trunk: channels of the video UNet's features
    init(_ weights: WeightStore.Scope, trunk: Int, _ head: LayerHeadConfiguration, _ settings: UNetSettings) throws {
        let (widths, pyramid) = (head.photoChannels, head.pyramidChannels)
        guard widths.count == 4, pyramid.count == 6 else {
            throw WeightError.setting(
                key: "unet.motion_head.photo_channels", reason: "\(widths) does not fit the content encoder's \(pyramid)")
        }
        pyramidChannels = pyramid
        let (c0, c1, c2, c3) = (widths[0], widths[1], widths[2], widths[3])
        let configuration = settings.configuration
        let (groups, epsilon, text) = (configuration.normGroups, configuration.epsilon, configuration.crossAttentionWidth)
        textEmbedding = try TimestepEmbedding(
            weights.scoped("text_embedding"), features: text, embedding: settings.embedding)
        query = try ConceptQuery(weights.scoped("query"), textWidth: text, head: pyramid[5])
        laterals = try zip(pyramid, [c0, c1, c2, c3, c3]).enumerated().map { index, pair in
            try Linear(weights.scoped("laterals", index), pair.0, pair.1)
        }
        likeness = try Linear(weights.scoped("likeness"), 2, c3)
        resnetDeep = try settings.resnet(weights.scoped("resnet_deep"), c3, c3)
        attention = try settings.transformer(weights.scoped("attention"), c3)
        resnetsMid = try (0..<2).map { try settings.resnet(weights.scoped("resnets_mid", $0), c3, c3) }
        trunkNorm = try GroupNorm(weights.scoped("trunk_norm"), trunk, groups: groups, epsilon: epsilon)
        trunkProjection = try Linear(weights.scoped("trunk_proj"), trunk, c2)
        narrow = try [(c3, c2), (c2, c1), (c1, c0)].enumerated().map { index, pair in
            try Linear(weights.scoped("narrow", index), pair.0, pair.1)
        }
        resnetsUp = try [c2, c1].enumerated().map { index, width in
            try settings.resnet(weights.scoped("resnets_up", index), width, width)
        }
        outputNorm = try GroupNorm(weights.scoped("norm_out"), c0, groups: groups, epsilon: epsilon)
        outputConvolution1 = try Conv2D(weights.scoped("conv_out_1"), c0, c0)
        outputConvolution2 = try Conv2D(weights.scoped("conv_out_2"), c0, 3)
    }

    /// - Parameters:
    ///   - pyramid: the content encoder's, [1, H / s, W / s, channels]
    ///   - textBag: a bag for each frame [F, D]; their mean counts
    ///   - text: states of each frame or of all [F or 1, L, D]; their mean counts
    ///   - content: projected tokens of the photo [1, n, D]; needed if the model looks at them
    func context(
        pyramid: [Tensor], textBag: Tensor, text: Tensor, content: Tensor?, _ compute: Compute
    ) throws -> Context {
        guard pyramid.map({ $0.shape.last }) == pyramidChannels,
            pyramid.allSatisfy({ $0.shape.count == 4 && $0.shape[0] == 1 })
        else {
            let found = pyramid.map(\.shape)
            throw TensorError.shape("features \(found); [1, ..., ..., C] with C of \(pyramidChannels) are expected")
        }
        // The embedding has a SiLU of its own before the one that all resnets apply.
        let told = try compute.activate(try textEmbedding(try textBag.meanOverFirst(), compute), .silu)
        let embedding = try compute.activate(told, .silu)  // [1, E]
        let states = try text.meanOverFirst()  // [1, L, D]
        let words = try attention.context(text: states, content: content, compute)
        let seen = try zip(laterals, pyramid).map { try $0($1, compute) }  // c0, c1, c2, c3, c3 channels
        let alike = try likeness(try query.likeness(pyramid[5], text: states, compute), compute)

        var deep = try compute.add(seen[4], alike)  // [1, H / 32, W / 32, c3]
        deep = try resnetDeep(deep, embedding: embedding, compute)
        deep = try resnetsMid[0](try enlarged(deep, seen[3], compute), embedding: embedding, compute)
        deep = try resnetsMid[1](try attention(deep, words, compute), embedding: embedding, compute)  // [1, H / 16, W / 16, c3]
        let eighth = try enlarged(try narrow[0](deep, compute), seen[2], compute)
        return Context(embedding: embedding, half: seen[0], quarter: seen[1], eighth: eighth)
    }

    /// - Shapes: `trunk` [1, h, w, C] -> logits of object, region and depth [1, H / 2, W / 2, 3]
    func callAsFunction(trunk: Tensor, _ context: Context, _ compute: Compute) throws -> Tensor {
        try compute.checkCancelled()
        let told = try trunkProjection(try trunkNorm(trunk, compute, activation: .silu), compute)  // [1, h, w, c2]
        guard told.shape == context.eighth.shape else {
            throw TensorError.shape(
                "features \(trunk.shape) do not lie over an eighth of the photo, \(context.eighth.shape)")
        }
        var hidden = try compute.add(context.eighth, told)  // [1, H / 8, W / 8, c2]
        hidden = try resnetsUp[0](hidden, embedding: context.embedding, compute)
        hidden = try enlarged(try narrow[1](hidden, compute), context.quarter, compute)  // [1, H / 4, W / 4, c1]
        hidden = try resnetsUp[1](hidden, embedding: context.embedding, compute)
        hidden = try enlarged(try narrow[2](hidden, compute), context.half, compute)  // [1, H / 2, W / 2, c0]
        hidden = try outputNorm(hidden, compute, activation: .silu)
        return try outputConvolution2(try outputConvolution1(hidden, compute, activation: .silu), compute)
    }

    /// Nearest to the size of what is seen there, and that added.
    private func enlarged(_ x: Tensor, _ beside: Tensor, _ compute: Compute) throws -> Tensor {
        let y = try compute.upsampleNearest(x, height: beside.shape[1], width: beside.shape[2])
        try compute.addInPlace(y, beside)
        return y
    }
}
