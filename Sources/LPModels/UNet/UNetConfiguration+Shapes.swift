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
        switch motionHead {
        case nil: break
        case .dense(let head)?:
            shapes.norm("motion_head.norm", plan.first)
            shapes.convolution("motion_head.conv_1", plan.first, head.hiddenChannels)
            shapes.convolution("motion_head.conv_2", head.hiddenChannels, 3 * head.upscale * head.upscale)
            shapes.linear("motion_head.affine_1", embeddingWidth, head.hiddenChannels)
            shapes.linear("motion_head.affine_2", head.hiddenChannels, 9)
        case .layered(let head)?:
            let (program, key) = (head.programChannels, "motion_head.program")
            addMaskUNet(head, trunk: plan.first, to: &shapes)
            shapes.linear("\(key).form_1", crossAttentionWidth, program)
            shapes.linear("\(key).form_2", program, program)
            shapes.linear("\(key).shape", program, MotionScript.shapeCount)
            shapes.linear("\(key).static", program, MotionScript.fixedCount)
            shapes.linear("\(key).size_1", crossAttentionWidth + plan.first, program)
            shapes.linear("\(key).size_2", program, MotionScript.sizeCount)
        }
    }

    private func addMaskUNet(_ head: LayerHeadConfiguration, trunk: Int, to shapes: inout WeightShapes) {
        let (widths, pyramid, key) = (head.photoChannels, head.pyramidChannels, "motion_head.photo")
        guard widths.count == 4, pyramid.count == 6 else { return }
        let (c0, c1, c2, c3) = (widths[0], widths[1], widths[2], widths[3])
        shapes.linear("\(key).text_embedding.linear_1", crossAttentionWidth, embeddingWidth)
        shapes.linear("\(key).text_embedding.linear_2", embeddingWidth, embeddingWidth)
        shapes.linear("\(key).query.attention", crossAttentionWidth, 1)
        shapes.linear("\(key).query.linear_1", crossAttentionWidth, 2 * crossAttentionWidth)
        shapes.linear("\(key).query.linear_2", 2 * crossAttentionWidth, pyramid[5])
        for (index, pair) in zip(pyramid, [c0, c1, c2, c3, c3]).enumerated() {
            shapes.convolution("\(key).laterals.\(index)", pair.0, pair.1, kernel: 1)
        }
        shapes.convolution("\(key).likeness", 2, c3, kernel: 1)
        add(resnet: "\(key).resnet_deep", c3, c3, to: &shapes)
        add(transformer: "\(key).attention", c3, true, to: &shapes)
        for index in 0..<2 { add(resnet: "\(key).resnets_mid.\(index)", c3, c3, to: &shapes) }
        shapes.norm("\(key).trunk_norm", trunk)
        shapes.convolution("\(key).trunk_proj", trunk, c2, kernel: 1)
        for (index, pair) in [(c3, c2), (c2, c1), (c1, c0)].enumerated() {
            shapes.convolution("\(key).narrow.\(index)", pair.0, pair.1, kernel: 1)
        }
        for (index, width) in [c2, c1].enumerated() { add(resnet: "\(key).resnets_up.\(index)", width, width, to: &shapes) }
        shapes.norm("\(key).norm_out", c0)
        shapes.convolution("\(key).conv_out_1", c0, c0)
        shapes.convolution("\(key).conv_out_2", c0, 3)
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
