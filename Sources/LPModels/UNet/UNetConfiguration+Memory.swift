import LPWeights

extension UNetConfiguration {
    /// The most memory that one forward pass holds at once, without weights.
    ///
    /// Follows the forward pass layer by layer: what waits for the way up, the layer's input, and the temporaries of its
    /// resnet, its attention within frames and its attention over time. Only what is as large as a layer's output is counted.
    /// - Parameters:
    ///   - cells: of the latent, h x w
    /// - Returns: bytes
    package func activationBytes(frames: Double, cells: Double) throws -> Double {
        let plan = try UNetPlan(self)
        var waiting = Double(plan.first) * cells
        var most = 0.0

        /// - Parameter held: values a frame that the caller keeps beside the layer's own
        func meet(_ inputs: Int, _ outputs: Int, attention: Bool, area: Double, held: Double) {
            let (input, output) = (Double(inputs) * area, Double(outputs) * area)
            // Input, its norm, the convolution's output; then that, its norm and the second convolution's.
            let resnet = max(2 * input + output, input + 3 * output)
            // Entrance, norm, tokens; norm, queries, keys, values, mixed and projected of a self-attention.
            let transformer = attention ? input + 9 * output : 0
            let motion = usesMotionModules ? input + (outputs <= 512 ? 3 : 11) * output : 0
            most = max(most, held + max(resnet, transformer, motion))
        }

        for (level, block) in plan.down.enumerated() {
            let area = cells / Double(1 << (2 * level))
            for layer in 0..<layersPerBlock {
                let inputs = layer == 0 ? block.inputs : block.outputs
                meet(inputs, block.outputs, attention: block.attention, area: area, held: waiting)
                waiting += Double(block.outputs) * area
            }
            if !block.isLast { waiting += Double(block.outputs) * area / 4 }
        }
        meet(plan.mid, plan.mid, attention: true, area: cells / Double(1 << (2 * (plan.down.count - 1))), held: waiting)
        for (index, block) in plan.up.enumerated() {
            let area = cells / Double(1 << (2 * (plan.up.count - 1 - index)))
            for (layer, skip) in block.skips.enumerated() {
                waiting -= Double(skip) * area
                let before = layer == 0 ? block.inputs : block.outputs
                meet(before + skip, block.outputs, attention: block.attention, area: area, held: waiting)
            }
        }
        return 4 * frames * most
    }

    /// Memory of the keys and values that a sentence (and the photo's tokens) have in all attention layers.
    ///
    /// - Parameters:
    ///   - rows: sets of text states, one per frame or one for all
    ///   - tokens: of the text
    ///   - content: tokens of the photo, 0 if the model does not look at them
    package func contextBytes(rows: Int, tokens: Int, content: Int) throws -> Double {
        let plan = try UNetPlan(self)
        var widths = plan.mid
        for block in plan.down where block.attention { widths += layersPerBlock * block.outputs }
        for block in plan.up where block.attention { widths += block.skips.count * block.outputs }
        return 8 * Double(widths) * Double(rows * tokens + content)
    }
}
