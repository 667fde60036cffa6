import LPTensor
import LPWeights

/// A small U-Net over the photo itself, told by the words: it draws the outlines that latent cells are too coarse for.
/// Our addition; see "Masks" in Models/FORMAT.md.
///
/// Keys `text_embedding`, `conv_in`, `downsamplers`, `resnets_down`, `attention`, `resnet_mid`, `trunk_norm`,
/// `trunk_proj`, `narrow`, `resnets_up`, `norm_out`, `conv_out_1`, `conv_out_2`. Letters: H x W working pixels, h x w
/// latent cells, c0...c3 channels at 1/2 to 1/16 of the photo, E width of the embedding.
struct MaskUNet: Sendable {
    /// What photo and words say by themselves; made once a run.
    struct Context: Sendable {
        /// The resnets' SiLU already applied, [1, E]
        let embedding: Tensor
        /// The photo at 1/2, 1/4 and 1/8 of its size, [1, ..., ..., c0 to c2]
        let half: Tensor
        let quarter: Tensor
        let eighth: Tensor
        /// The same at 1/16, after looking at the words, [1, ..., ..., c3]
        let deep: Tensor
    }

    private let textEmbedding: TimestepEmbedding
    private let inputConvolution: Conv2D
    private let downsamplers: [Conv2D]
    private let resnetsDown: [ResnetBlock]
    private let attention: SpatialTransformer
    private let resnetMid: ResnetBlock
    private let trunkNorm: GroupNorm
    private let trunkProjection: Linear
    private let narrow: [Linear]
    private let resnetsUp: [ResnetBlock]
    private let outputNorm: GroupNorm
    private let outputConvolution1: Conv2D
    private let outputConvolution2: Conv2D

    /// - Parameters:
    ///   - trunk: channels of the video UNet's features
    ///   - widths: c0, c1, c2, c3
    init(_ weights: WeightStore.Scope, trunk: Int, widths: [Int], _ settings: UNetSettings) throws {
        guard widths.count == 4 else {
            throw WeightError.setting(key: "motion_head.photo_channels", reason: "has \(widths.count) entries, not 4")
        }
        let (c0, c1, c2, c3) = (widths[0], widths[1], widths[2], widths[3])
        let configuration = settings.configuration
        let (groups, epsilon) = (configuration.normGroups, configuration.epsilon)
        textEmbedding = try TimestepEmbedding(
            weights.scoped("text_embedding"), features: configuration.crossAttentionWidth,
            embedding: settings.embedding)
        inputConvolution = try Conv2D(weights.scoped("conv_in"), 3, c0, stride: 2)
        downsamplers = try [(c0, c1), (c1, c2), (c2, c3)].enumerated().map { index, pair in
            try Conv2D(weights.scoped("downsamplers.\(index).conv"), pair.0, pair.1, stride: 2)
        }
        resnetsDown = try [c1, c2, c3].enumerated().map { index, width in
            try settings.resnet(weights.scoped("resnets_down", index), width, width)
        }
        attention = try settings.transformer(weights.scoped("attention"), c3)
        resnetMid = try settings.resnet(weights.scoped("resnet_mid"), c3, c3)
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
    ///   - photo: [1, H, W, 3] in -1...1
    ///   - textBag: a bag for each frame [F, D]; their mean counts
    ///   - text: states of each frame or of all [F or 1, L, D]; their mean counts
    ///   - content: projected tokens of the photo [1, n, D]; needed if the model looks at them
    func context(
        photo: Tensor, textBag: Tensor, text: Tensor, content: Tensor?, _ compute: Compute
    ) throws -> Context {
        guard photo.shape.count == 4, photo.shape[0] == 1, photo.shape[3] == 3 else {
            throw TensorError.shape("this UNet needs the photo [1, H, W, 3], not \(photo.shape)")
        }
        // The embedding has a SiLU of its own before the one that all resnets apply.
        let told = try compute.activate(try textEmbedding(try textBag.meanOverFirst(), compute), .silu)
        let embedding = try compute.activate(told, .silu)  // [1, E]
        func down(_ x: Tensor, _ index: Int) throws -> Tensor {
            try resnetsDown[index](try downsamplers[index](x, compute), embedding: embedding, compute)
        }
        let half = try inputConvolution(photo, compute)  // [1, H / 2, W / 2, c0]
        let quarter = try down(half, 0)  // [1, H / 4, W / 4, c1]
        let eighth = try down(quarter, 1)  // [1, H / 8, W / 8, c2]
        var deep = try down(eighth, 2)  // [1, H / 16, W / 16, c3]
        let words = try attention.context(text: try text.meanOverFirst(), content: content, compute)
        deep = try resnetMid(try attention(deep, words, compute), embedding: embedding, compute)
        return Context(embedding: embedding, half: half, quarter: quarter, eighth: eighth, deep: deep)
    }

    /// - Shapes: `trunk` [1, h, w, C] -> logits of object, region and depth [1, H / 2, W / 2, 3]
    func callAsFunction(trunk: Tensor, _ context: Context, _ compute: Compute) throws -> Tensor {
        try compute.checkCancelled()
        let told = try trunkProjection(try trunkNorm(trunk, compute, activation: .silu), compute)  // [1, h, w, c2]
        guard told.shape == context.eighth.shape else {
            throw TensorError.shape(
                "features \(trunk.shape) do not lie over an eighth of the photo, \(context.eighth.shape)")
        }
        var hidden = try enlarged(try narrow[0](context.deep, compute), context.eighth, compute)
        try compute.addInPlace(hidden, told)  // [1, H / 8, W / 8, c2]
        hidden = try resnetsUp[0](hidden, embedding: context.embedding, compute)
        hidden = try enlarged(try narrow[1](hidden, compute), context.quarter, compute)  // [1, H / 4, W / 4, c1]
        hidden = try resnetsUp[1](hidden, embedding: context.embedding, compute)
        hidden = try enlarged(try narrow[2](hidden, compute), context.half, compute)  // [1, H / 2, W / 2, c0]
        hidden = try outputNorm(hidden, compute, activation: .silu)
        return try outputConvolution2(try outputConvolution1(hidden, compute, activation: .silu), compute)
    }

    /// Nearest to the size of the way down, and that added.
    private func enlarged(_ x: Tensor, _ beside: Tensor, _ compute: Compute) throws -> Tensor {
        let y = try compute.upsampleNearest(x, height: beside.shape[1], width: beside.shape[2])
        try compute.addInPlace(y, beside)
        return y
    }
}
