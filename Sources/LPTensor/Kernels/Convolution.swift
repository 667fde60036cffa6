import CLPKernels

extension Compute {
    /// Two-dimensional convolution with zero padding.
    ///
    /// - Parameters:
    ///   - x: [N, H, W, I]
    ///   - bias: [O]
    ///   - stride: 1 or more, both ways
    /// - Returns: [N, (H + top + bottom - kh) / stride + 1, (W + left + right - kw) / stride + 1, O]
    /// - Cost: 1x1 kernels are one product; 3x3 kernels with stride 1 go through Winograd's transform (about 1e-5 relative
    ///   error); others are one product per band of pixels over their unfolded windows.
    package func conv2d(
        _ x: Tensor, _ weight: ConvolutionWeight, bias: Tensor?, stride: Int, padding: Padding,
        activation: Activation = .none
    ) throws -> Tensor {
        let geometry = try ConvolutionGeometry(x, weight, bias, stride, padding)
        if geometry.isPointwise { return try pointwise(x, weight, bias, activation) }
        let result = try Tensor(uninitialized: [x.shape[0], geometry.height, geometry.width, weight.outputChannels])
        guard result.count > 0 else { return result }
        if geometry.suitsTransform && weight.isTransformable {
            try transformed(x, weight, bias, geometry, activation, result)
        } else {
            try unfolded(x, weight, bias, geometry, activation, result)
        }
        return result
    }

    private func unfolded(
        _ x: Tensor, _ weight: ConvolutionWeight, _ bias: Tensor?, _ geometry: ConvolutionGeometry,
        _ activation: Activation, _ result: Tensor
    ) throws {
        let packed = try weight.unfolded()
        let (pixels, span, outputs) = (geometry.pixels, packed.shape[0], weight.outputChannels)
        let step = geometry.bandStep(span)
        let bands = (pixels + step - 1) / step
        let imageSize = x.count / x.shape[0]
        try counted(flops: 2 * Double(result.count) * Double(span)) {
            try parallel(x.shape[0] * bands) { index in
                let (frame, first) = (index / bands, index % bands * step)
                let count = min(step, pixels - first)
                let target = result.pointer + (frame * pixels + first) * outputs
                try scratch.lend(step * span) { rows in
                    var window = geometry.window
                    clp_unfold(x.pointer + frame * imageSize, &window, first, count, rows)  // [count, kh * kw * I]
                    try BLAS.product(
                        count, outputs, span, .init(pointer: rows, stride: span),
                        .init(pointer: packed.pointer, stride: outputs), target, stride: outputs)
                }
                clp_bias_activation(target, bias?.pointer, count, outputs, outputs, activation.code)
            }
        }
    }

    /// 3x3 with stride 1 in a quarter of the multiplications.
    private func transformed(
        _ x: Tensor, _ weight: ConvolutionWeight, _ bias: Tensor?, _ geometry: ConvolutionGeometry,
        _ activation: Activation, _ result: Tensor
    ) throws {
        let packed = try weight.transformed()
        let (inputs, outputs) = (weight.inputChannels, weight.outputChannels)
        // The transformed tiles of one piece of work should stay in the second-level cache (about 600 KB).
        let step = min(max(4096 / inputs / 8 * 8, 16), 64)
        let needed = clp_winograd_scratch(step, inputs)
        try counted(flops: 18 * Double(result.count) * Double(inputs)) {
            try parallelRuns(x.shape[0] * geometry.tiles, step: step) { run in
                try scratch.lend(needed) { memory in
                    var window = geometry.window
                    clp_winograd(
                        x.pointer, &window, geometry.height, packed.pointer, outputs, bias?.pointer, activation.code,
                        result.pointer, run.lowerBound, run.count, memory)
                }
            }
        }
    }

    private func pointwise(
        _ x: Tensor, _ weight: ConvolutionWeight, _ bias: Tensor?, _ activation: Activation
    ) throws -> Tensor {
        let (inputs, outputs) = (weight.inputChannels, weight.outputChannels)
        let result = try Tensor(uninitialized: x.shape.dropLast() + [outputs])
        guard result.count > 0 else { return result }
        let packed = try weight.unfolded()
        let tiles = ProductTiles(rows: x.rows, columns: outputs)
        try counted(flops: 2 * Double(result.count) * Double(inputs)) {
            try parallel(tiles.count) { index in
                let (rows, columns) = tiles[index]
                let target = result.pointer + rows.lowerBound * outputs + columns.lowerBound
                try BLAS.product(
                    rows.count, columns.count, inputs,
                    .init(pointer: x.pointer + rows.lowerBound * inputs, stride: inputs),
                    .init(pointer: packed.pointer + columns.lowerBound, stride: outputs), target, stride: outputs)
                clp_bias_activation(
                    target, bias.map { $0.pointer + columns.lowerBound }, rows.count, columns.count, outputs,
                    activation.code)
            }
        }
        return result
    }
}
