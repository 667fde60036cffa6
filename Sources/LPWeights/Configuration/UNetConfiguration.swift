import LPTensor

/// The video UNet with motion modules.
package struct UNetConfiguration: Sendable {
    package enum DownBlock: String, CaseIterable, Sendable {
        case plain = "DownBlockMotion"
        case attention = "CrossAttnDownBlockMotion"
    }

    package enum UpBlock: String, CaseIterable, Sendable {
        case plain = "UpBlockMotion"
        case attention = "CrossAttnUpBlockMotion"
    }

    package enum TimeScaleShift: String, CaseIterable, Sendable {
        /// The time embedding is added before the second norm.
        case added = "default"
        /// It scales and shifts the output of the second norm.
        case scaleShift = "scale_shift"
    }

    package enum Scope: String, CaseIterable, Sendable {
        case frame, clip

        package var normScope: NormScope { self == .frame ? .frame : .clip }
    }

    package enum MotionPositions: String, CaseIterable, Sendable {
        /// The frame's index.
        case index
        /// The frame's place in the clip, scaled to the training length.
        case clip
    }

    package let inputChannels: Int
    package let outputChannels: Int
    package let blockChannels: [Int]
    package let layersPerBlock: Int
    package let downBlocks: [DownBlock]
    package let upBlocks: [UpBlock]
    package let heads: Int
    package let crossAttentionWidth: Int
    package let normGroups: Int
    package let epsilon: Float
    package let timeScaleShift: TimeScaleShift
    package let resnetNormScope: Scope
    package let usesMotionModules: Bool
    package let usesMotionMidBlock: Bool
    package let motionHeads: Int
    package let motionNormScope: Scope
    package let motionPositions: MotionPositions
    package let motionFrames: Int
    package let imageCrossAttention: Bool
    package let imageEmbeddingWidth: Int
    package let conditioningEmbedding: ConditioningEmbeddingConfiguration
    package let motionHead: MotionHeadConfiguration?

    /// The motion head, if it speaks point by point.
    package var denseMotionHead: DenseHeadConfiguration? {
        guard case .dense(let head)? = motionHead else { return nil }
        return head
    }
    /// The motion head, if it speaks in layers.
    package var layeredMotionHead: LayerHeadConfiguration? {
        guard case .layered(let head)? = motionHead else { return nil }
        return head
    }

    /// Width of the time and conditioning embedding.
    package var embeddingWidth: Int { 4 * blockChannels[0] }

    /// - Parameter pyramid: channels of the content encoder's pyramid, nil if it has none
    init(_ settings: SettingsReader, pyramid: [Int]? = nil) throws {
        inputChannels = try settings.integer("in_channels", 1...1024)
        outputChannels = try settings.integer("out_channels", 1...1024)
        blockChannels = try settings.integers("block_out_channels", count: 1...8, Limit.width)
        layersPerBlock = try settings.integer("layers_per_block", 1...16, default: 2)
        let levels = blockChannels.count
        downBlocks = try settings.choices("down_block_types", count: levels...levels)
        upBlocks = try settings.choices("up_block_types", count: levels...levels)
        heads = try settings.integer("num_attention_heads", Limit.heads)
        crossAttentionWidth = try settings.integer("cross_attention_dim", Limit.width)
        normGroups = try settings.integer("norm_num_groups", 1...16384, default: 32)
        epsilon = Float(try settings.real("norm_eps", Limit.epsilon, default: 1e-5))
        timeScaleShift = try settings.choice("resnet_time_scale_shift", default: .added)
        resnetNormScope = try settings.choice("resnet_norm_scope", default: .frame)
        usesMotionModules = try settings.flag("use_motion_modules", default: true)
        usesMotionMidBlock = try settings.flag("use_motion_mid_block", default: true)
        motionHeads = try settings.integer("motion_num_attention_heads", Limit.heads, default: heads)
        motionNormScope = try settings.choice("motion_norm_scope", default: .frame)
        motionPositions = try settings.choice("motion_positions", default: .index)
        motionFrames = try settings.integer("motion_frames", 1...4096, default: 16)
        imageCrossAttention = try settings.flag("image_cross_attention", default: false)
        imageEmbeddingWidth =
            imageCrossAttention ? try settings.integer("image_embedding_dim", Limit.width) : 0
        conditioningEmbedding = try ConditioningEmbeddingConfiguration(
            try settings.optionalSection("conditioning_embedding"))
        motionHead = try settings.optionalSection("motion_head").map {
            try MotionHeadConfiguration($0, pyramid: pyramid)
        }

        try settings.requireDivides("norm_num_groups", normGroups, blockChannels, of: "block_out_channels")
        try settings.requireDivides("num_attention_heads", heads, blockChannels, of: "block_out_channels")
        try settings.requireDivides("motion_num_attention_heads", motionHeads, blockChannels, of: "block_out_channels")
        if let channels = layeredMotionHead?.photoChannels {
            try settings.requireDivides("norm_num_groups", normGroups, channels, of: "motion_head.photo_channels")
            try settings.requireDivides("num_attention_heads", heads, channels, of: "motion_head.photo_channels")
        }
        // Sinusoids of the time step and of the frame position come in pairs.
        for (index, channels) in blockChannels.enumerated() where channels % 2 != 0 {
            throw settings.failure("block_out_channels[\(index)]", "is \(channels); an even number is expected")
        }
    }
}

/// What beside the time step goes into the embedding of each frame.
package struct ConditioningEmbeddingConfiguration: Sendable {
    package let frame: Bool
    package let level: Bool
    package let text: Bool

    /// `conditioning_embedding.linear_1` and `linear_2` exist.
    package var usesFrameAndLevel: Bool { frame || level }

    init(_ settings: SettingsReader?) throws {
        frame = try settings?.flag("frame", default: true) ?? false
        level = try settings?.flag("level", default: true) ?? false
        text = try settings?.flag("text", default: true) ?? false
    }
}

/// The head that predicts where the photo's points have moved and how their light has changed.
package enum MotionHeadConfiguration: Sendable {
    /// Point by point.
    case dense(DenseHeadConfiguration)
    /// In layers: masks of what moves, and a program of the motion.
    case layered(LayerHeadConfiguration)

    init(_ settings: SettingsReader, pyramid: [Int]?) throws {
        self =
            try settings.flag("layers", default: false)
            ? .layered(try LayerHeadConfiguration(settings, pyramid: pyramid)) : .dense(try DenseHeadConfiguration(settings))
    }
}

package struct DenseHeadConfiguration: Sendable {
    package let hiddenChannels: Int
    package let upscale: Int
    package let flowScale: Float
    package let lightScale: Float

    init(_ settings: SettingsReader) throws {
        hiddenChannels = try settings.integer("hidden_channels", Limit.width)
        upscale = try settings.integer("upscale", 1...16, default: 1)
        flowScale = Float(try settings.real("flow_scale", 0...100))
        lightScale = Float(try settings.real("light_scale", 0...100, default: 0))
    }
}

package struct LayerHeadConfiguration: Sendable {
    /// Width of the network that writes the program.
    package let programChannels: Int
    /// Channels of the U-Net that finds the masks at 1/2, 1/4, 1/8 and 1/16 of the photo's size; at 1/32 as at 1/16.
    package let photoChannels: [Int]
    /// Channels of what it comes up from: the content encoder's pyramid from 1/2 to 1/32, and the encoder's head.
    package let pyramidChannels: [Int]

    init(_ settings: SettingsReader, pyramid: [Int]?) throws {
        guard let pyramid else {
            throw settings.failure("layers", "is true, which needs a 'content_encoder' of type \"efficientnet\"")
        }
        pyramidChannels = pyramid
        programChannels = try settings.integer("program_channels", Limit.width)
        photoChannels = try settings.integers("photo_channels", count: 4...4, Limit.width)
    }
}
