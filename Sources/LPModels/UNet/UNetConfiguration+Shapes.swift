import LPWeights

extension UNetConfiguration {
    /// Names and shapes of everything in unet.safetensors.
    ///
    /// - Parameter linearProjections: `proj_in` and `proj_out` of the spatial transformers are [C, C], not [C, C, 1, 1]
    package func weightShapes(linearProjections: Bool = false) throws -> WeightShapes {
        var shapes = WeightShapes()
        let plan = try UNetPlan(self)
        shapes.convolution("conv_in", inputChannels, plan.first)
        shapes.linear("time_embedding.linear_1", plan.first, embeddingWidth)
        shapes.linear("time_embedding.linear_2", embeddingWidth, embeddingWidth)
        for (index, block) in plan.down.enumerated() {
            let key = "down_blocks.\(index)"
            for layer in 0..<layersPerBlock {
                let inputs = layer == 0 ? block.inputs : block.outputs
                add(layer: layer, of: key, inputs, block.outputs, block.attention, linearProjections, to: &shapes)
            }
            if !block.isLast { shapes.convolution("\(key).downsamplers.0.conv", block.outputs, block.outputs) }
        }
        add(resnet: "mid_block.resnets.0", plan.mid, plan.mid, to: &shapes)
        add(transformer: "mid_block.attentions.0", plan.mid, linearProjections, to: &shapes)
        if usesMotionModules && usesMotionMidBlock { add(motion: "mid_block.motion_modules.0", plan.mid, to: &shapes) }
        add(resnet: "mid_block.resnets.1", plan.mid, plan.mid, to: &shapes)
        for (index, block) in plan.up.enumerated() {
            let key = "up_blocks.\(index)"
            for (layer, skip) in block.skips.enumerated() {
                let inputs = (layer == 0 ? block.inputs : block.outputs) + skip
                add(layer: layer, of: key, inputs, block.outputs, block.attention, linearProjections, to: &shapes)
            }
            if !block.isLast { shapes.convolution("\(key).upsamplers.0.conv", block.outputs, block.outputs) }
        }
        shapes.norm("conv_norm_out", plan.first)
        shapes.convolution("conv_out", plan.first, outputChannels)
        addOwnParts(plan, to: &shapes)
        return shapes
    }

    private func addOwnParts(_ plan: UNetPlan, to shapes: inout WeightShapes) {
        if imageCrossAttention { shapes.linear("content_proj", imageEmbeddingWidth, crossAttentionWidth) }
        let parts = conditioningEmbedding
        if parts.usesFrameAndLevel {
            let features = (parts.frame ? plan.first : 0) + (parts.level ? plan.first : 0)
            shapes.linear("conditioning_embedding.linear_1", features, embeddingWidth)
            shapes.linear("conditioning_embedding.linear_2", embeddingWidth, embeddingWidth)
        }
        if parts.text { shapes.linear("text_embedding_proj", crossAttentionWidth, embeddingWidth) }
        if let head = motionHead {
            shapes.norm("motion_head.norm", plan.first)
            shapes.convolution("motion_head.conv_1", plan.first, head.hiddenChannels)
            if let program = head.programChannels {
                let sizes = crossAttentionWidth + plan.first
                shapes.convolution("motion_head.masks", head.hiddenChannels, 3 * head.upscale * head.upscale)
                shapes.linear("motion_head.program.form_1", crossAttentionWidth, program)
                shapes.linear("motion_head.program.form_2", program, program)
                shapes.linear("motion_head.program.shape", program, MotionScript.shapeCount)
                shapes.linear("motion_head.program.static", program, MotionScript.fixedCount)
                shapes.linear("motion_head.program.size_1", sizes, program)
                shapes.linear("motion_head.program.size_2", program, MotionScript.sizeCount)
                return
            }
            shapes.convolution("motion_head.conv_2", head.hiddenChannels, 3 * head.upscale * head.upscale)
            shapes.linear("motion_head.affine_1", embeddingWidth, head.hiddenChannels)
            shapes.linear("motion_head.affine_2", head.hiddenChannels, 9)
        }
    }

    private func add(
        layer: Int, of block: String, _ inputs: Int, _ outputs: Int, _ attention: Bool, _ linearProjections: Bool,
        to shapes: inout WeightShapes
    ) {
        add(resnet: "\(block).resnets.\(layer)", inputs, outputs, to: &shapes)
        if attention { add(transformer: "\(block).attentions.\(layer)", outputs, linearProjections, to: &shapes) }
        if usesMotionModules { add(motion: "\(block).motion_modules.\(layer)", outputs, to: &shapes) }
    }

    private func add(resnet key: String, _ inputs: Int, _ outputs: Int, to shapes: inout WeightShapes) {
        shapes.resnet(key, inputs, outputs, embedding: embeddingWidth, scaleShift: timeScaleShift == .scaleShift)
    }

    private func add(transformer key: String, _ width: Int, _ linearProjections: Bool, to shapes: inout WeightShapes) {
        shapes.norm("\(key).norm", width)
        for name in ["proj_in", "proj_out"] {
            if linearProjections {
                shapes.linear("\(key).\(name)", width, width)
            } else {
                shapes.convolution("\(key).\(name)", width, width, kernel: 1)
            }
        }
        let block = "\(key).transformer_blocks.0"
        for index in 1...3 { shapes.norm("\(block).norm\(index)", width) }
        shapes.attention("\(block).attn1", width)
        shapes.attention("\(block).attn2", width, context: crossAttentionWidth)
        if imageCrossAttention {
            shapes.norm("\(block).norm_img", width)
            shapes.attention("\(block).attn_img", width, context: crossAttentionWidth)
        }
        shapes.feedForward("\(block).ff", width)
    }

    private func add(motion key: String, _ width: Int, to shapes: inout WeightShapes) {
        shapes.norm("\(key).norm", width)
        shapes.linear("\(key).proj_in", width, width)
        let block = "\(key).transformer_blocks.0"
        for index in 1...3 { shapes.norm("\(block).norm\(index)", width) }
        shapes.attention("\(block).attn1", width)
        shapes.attention("\(block).attn2", width)
        shapes.feedForward("\(block).ff", width)
        shapes.linear("\(key).proj_out", width, width)
    }
}
