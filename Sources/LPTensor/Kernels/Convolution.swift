import CLPKernels

extension Compute {
    /// Two-dimensional convolution with zero padding.
    ///
    /// - Parameters:
    ///   - x: [N, H, W, I]
    ///   - bias: [O]
    ///   - stride: 1 or more, both ways
    /// - Returns: [N, (H + top + bottom - kh) / stride + 1, (W + left + right - kw) / stride + 1, O]
    /// - Cost: one product per band of pixels over their unfolded windows; a 1x1 kernel needs no unfolding.
    package func conv2d(
        _ x: Tensor, _ weight: ConvolutionWeight, bias: Tensor?, stride: Int, padding: Padding,
        activation: Activation = .none
    ) throws -> Tensor {
        let geometry = try ConvolutionGeometry(x, weight, bias, stride, padding)
        if geometry.isPointwise {
            return try pointwise(x, weight, bias, activation)
        }
        let (pixels, span, outputs) = (geometry.pixels, weight.packed.shape[0], weight.outputChannels)
        let result = try Tensor(uninitialized: [x.shape[0], geometry.height, geometry.width, outputs])
        guard result.count > 0 else { return result }
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
                        .init(pointer: weight.packed.pointer, stride: outputs), target, stride: outputs)
                }
                clp_bias_activation(target, bias?.pointer, count, outputs, outputs, activation.code)
            }
        }
        return result
    }

    private func pointwise(
        _ x: Tensor, _ weight: ConvolutionWeight, _ bias: Tensor?, _ activation: Activation
    ) throws -> Tensor {
        let (inputs, outputs) = (weight.inputChannels, weight.outputChannels)
        let result = try Tensor(uninitialized: x.shape.dropLast() + [outputs])
        guard result.count > 0 else { return result }
        let tiles = ProductTiles(rows: x.rows, columns: outputs)
        try counted(flops: 2 * Double(result.count) * Double(inputs)) {
            try parallel(tiles.count) { index in
                let (rows, columns) = tiles[index]
                let target = result.pointer + rows.lowerBound * outputs + columns.lowerBound
                try BLAS.product(
                    rows.count, columns.count, inputs,
                    .init(pointer: x.pointer + rows.lowerBound * inputs, stride: inputs),
                    .init(pointer: weight.packed.pointer + columns.lowerBound, stride: outputs), target, stride: outputs)
                clp_bias_activation(
                    target, bias.map { $0.pointer + columns.lowerBound }, rows.count, columns.count, outputs,
                    activation.code)
            }
        }
        return result
    }
}
