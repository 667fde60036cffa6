import LPTensor
import LPWeights

/// The video UNet: a Stable Diffusion UNet whose batch is the frames of one clip, with attention over time after each
/// layer. Without motion modules it is the image model.
///
/// Reference: diffusers `UNetMotionModel` / `UNet2DConditionModel`, LivePhoto paper sections 3.1 to 3.3 for what is
/// added. Any latent size works. Letters: F frames, h x w latent cells, E = 4 x first block's channels.
package struct UNet: Sendable {
    package let configuration: UNetConfiguration

    private let inputConvolution: Conv2D
    private let timeEmbedding: TimestepEmbedding
    private let conditioning: ConditioningEmbedding
    private let contentProjection: Linear?
    private let downBlocks: [DownBlock]
    private let midBlock: MidBlock
    private let upBlocks: [UpBlock]
    private let outputNorm: GroupNorm
    private let outputConvolution: Conv2D
    private let motionHead: MotionHead?
    private let layerHead: LayerHead?
    private let motionProgram: MotionProgram?

    /// - Throws: `WeightError` if a tensor is missing or has another shape than the configuration says.
    package init(_ weights: WeightStore.Scope, _ configuration: UNetConfiguration) throws {
        self.configuration = configuration
        let settings = UNetSettings(configuration)
        let plan = try UNetPlan(configuration)
        inputConvolution = try Conv2D(weights.scoped("conv_in"), configuration.inputChannels, plan.first)
        timeEmbedding = try TimestepEmbedding(
            weights.scoped("time_embedding"), features: plan.first, embedding: settings.embedding)
        conditioning = try ConditioningEmbedding(
            weights, configuration.conditioningEmbedding, features: plan.first, embedding: settings.embedding,
            textWidth: configuration.crossAttentionWidth)
        contentProjection =
            configuration.imageCrossAttention
            ? try Linear(
                weights.scoped("content_proj"), configuration.imageEmbeddingWidth, configuration.crossAttentionWidth)
            : nil
        downBlocks = try plan.down.enumerated().map { index, block in
            try DownBlock(
                weights.scoped("down_blocks", index), block.inputs, block.outputs, attention: block.attention,
                isLast: block.isLast, settings)
        }
        midBlock = try MidBlock(weights.scoped("mid_block"), plan.mid, settings)
        upBlocks = try plan.up.enumerated().map { index, block in
            try UpBlock(
                weights.scoped("up_blocks", index), block.inputs, skips: block.skips, block.outputs,
                attention: block.attention, isLast: block.isLast, settings)
        }
        outputNorm = try GroupNorm(
            weights.scoped("conv_norm_out"), plan.first, groups: configuration.normGroups,
            epsilon: configuration.epsilon, scope: settings.resnetScope)
        outputConvolution = try Conv2D(weights.scoped("conv_out"), plan.first, configuration.outputChannels)
        let (dense, layered) = (configuration.denseMotionHead, configuration.layeredMotionHead)
        motionHead = try dense.map {
            try MotionHead(
                weights.scoped("motion_head"), channels: plan.first, embedding: settings.embedding, $0,
                groups: configuration.normGroups, epsilon: configuration.epsilon)
        }
        layerHead = try layered.map {
            try LayerHead(weights.scoped("motion_head"), channels: plan.first, $0, settings)
        }
        motionProgram = try layered.map {
            try MotionProgram(
                weights.scoped("motion_head.program"), textWidth: configuration.crossAttentionWidth,
                levelFeatures: plan.first, hidden: $0.programChannels)
        }
    }

    /// Does once what all steps of a run share.
    ///
    /// - Parameters:
    ///   - text: text states, one set per frame [F, L, D] or one for all [1, L, D]
    ///   - content: content tokens as the content encoder gives them [1, n, image_embedding_dim]; needed if the model
    ///     looks at them
    ///   - textBag: [F, D]; needed if the model's conditioning embedding or its motion program uses the text
    ///   - pyramid: the content encoder's features, [1, H / s, W / s, channels]; needed by a layered motion head
    ///   - level: motion intensity, 1...10
    ///   - motionScale: what the motion modules' outputs are multiplied by; 1 is as trained
    package func context(
        frames: Int, text: Tensor, content: Tensor? = nil, textBag: Tensor? = nil, pyramid: [Tensor]? = nil,
        level: Float = 0, motionScale: Float = 1, _ compute: Compute
    ) throws -> UNetContext {
        guard frames > 0, text.shape.count == 3, text.shape[0] == frames || text.shape[0] == 1,
            text.shape[2] == configuration.crossAttentionWidth
        else { throw TensorError.shape("text states \(text.shape) do not fit \(frames) frames of this UNet") }
        var tokens: Tensor?
        if let contentProjection {
            guard let content, content.shape.count == 3, content.shape[0] == 1,
                content.shape[2] == configuration.imageEmbeddingWidth
            else { throw TensorError.shape("this UNet needs content tokens [1, n, image_embedding_dim]") }
            tokens = try contentProjection(content, compute)  // [1, n, D]
        }
        let transformers = downBlocks.flatMap(\.transformers) + midBlock.transformers + upBlocks.flatMap(\.transformers)
        let contexts = try transformers.map {
            try compute.checkCancelled()
            return try $0.context(text: text, content: tokens, compute)
        }
        let embedding = try conditioning(frames: frames, level: level, textBag: textBag, compute)
        let script = try motionProgram.map {
            guard let textBag else { throw TensorError.shape("this UNet needs a text bag [F, D]") }
            return try $0(textBag: textBag, level: level, compute)
        }
        let masks = try layerHead?.context(pyramid: pyramid, textBag: textBag, text: text, content: tokens, compute)
        return UNetContext(
            frames: frames, transformers: contexts, conditioning: embedding, script: script, masks: masks,
            motionScale: motionScale)
    }

    /// One forward pass.
    ///
    /// - Parameters:
    ///   - x: the sampler's latents with the conditioning channels behind them, [F, h, w, in_channels]
    ///   - timestep: 0...1000, may be fractional
    ///   - context: from `context(...)` for the same number of frames
    /// - Throws: `TensorError.cancelled` soon after `compute.cancellation` was raised.
    package func callAsFunction(
        _ x: Tensor, timestep: Float, _ context: UNetContext, _ compute: Compute
    ) throws -> UNetOutput {
        guard x.shape.count == 4, x.shape[0] == context.frames, x.shape[3] == configuration.inputChannels else {
            throw TensorError.shape("UNet input \(x.shape) does not fit \(context.frames) frames of this UNet")
        }
        let embedding = try self.embedding(timestep, context, compute)  // [F or 1, E]
        let state = UNetState(
            embedding: try compute.activate(embedding, .silu), contexts: context.transformers,
            motionScale: context.motionScale)
        var hidden = try inputConvolution(x, compute)  // [F, h, w, b0]
        state.push(hidden)
        for block in downBlocks { hidden = try block(hidden, state, compute) }
        hidden = try midBlock(hidden, state, compute)
        for block in upBlocks { hidden = try block(hidden, state, compute) }  // ends as [F, h, w, b0]
        try compute.checkCancelled()
        let normed = try outputNorm(hidden, compute, activation: .silu)
        let prediction = try outputConvolution(normed, compute)  // [F, h, w, out_channels]
        let motion = try motionHead?(hidden, embedding: state.embedding, compute)
        return UNetOutput(
            prediction: prediction, motion: motion, maskLogits: try layerHead?(hidden, context.masks, compute), script: context.script)
    }

    /// - Returns: [1, E], or [F, E] if frames differ
    private func embedding(_ timestep: Float, _ context: UNetContext, _ compute: Compute) throws -> Tensor {
        let features = try SinusoidalFeatures.of([timestep], dimension: configuration.blockChannels[0])  // [1, b0]
        let time = try timeEmbedding(features, compute)  // [1, E]
        guard let conditioning = context.conditioning else { return time }
        return try compute.addRows(conditioning, time)  // [F, E]
    }
}
