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
        if geometry.suitsTransform && weight.isTransformable && !weight.isTransient {
            try transformed(x, weight, bias, geometry, activation, result)
        } else if geometry.suitsTransform && weight.isTransformable && x.shape[0] * geometry.tiles >= 16 {
            try transformedByPanels(x, weight, bias, geometry, activation, result)
        } else {
            try unfolded(x, weight, bias, geometry, activation, result)
        }
        return result
    }

    private func unfolded(
        _ x: Tensor, _ weight: ConvolutionWeight, _ bias: Tensor?, _ geometry: ConvolutionGeometry,
        _ activation: Activation, _ result: Tensor
    ) throws {
        let isStored = weight.isTransient
        let matrix = isStored ? try widened(weight.stored) : try weight.unfolded()
        let outputs = weight.outputChannels
        let (pixels, span) = (geometry.pixels, matrix.count / outputs)
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
                    let image = x.pointer + frame * imageSize
                    if isStored {
                        clp_unfold_channels(image, &window, first, count, rows)  // [count, I * kh * kw]
                    } else {
                        clp_unfold(image, &window, first, count, rows)  // [count, kh * kw * I]
                    }
                    try BLAS.product(
                        count, outputs, span, .init(pointer: rows, stride: span),
                        .init(pointer: matrix.pointer, stride: isStored ? span : outputs, transposed: isStored), target,
                        stride: outputs)
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

    /// The same for a kernel that is not kept transformed: all tiles are transformed first, then each run of 32 outputs is
    /// widened, transformed and multiplied while it is in a core's cache. The same numbers as `transformed`.
    private func transformedByPanels(
        _ x: Tensor, _ weight: ConvolutionWeight, _ bias: Tensor?, _ geometry: ConvolutionGeometry,
        _ activation: Activation, _ result: Tensor
    ) throws {
        let (inputs, outputs) = (weight.inputChannels, weight.outputChannels)
        try weight.stored.verify()
        // As many tiles at a time as fit into 48 MB: enough that the kernel's transform costs a few percent of the products.
        let total = x.shape[0] * geometry.tiles
        let parts = (total * inputs * 144 + (48 << 20) - 1) / (48 << 20)
        let step = (total + parts - 1) / parts
        try counted(flops: 18 * Double(result.count) * Double(inputs)) {
            for first in stride(from: 0, to: total, by: step) {
                let count = min(step, total - first)
                let tiles = try Tensor(uninitialized: [clp_winograd_tiles_size(count, inputs)])
                let zeros = try Tensor(zeros: [inputs])
                try parallelRuns(count, step: 16) { run in
                    var window = geometry.window
                    clp_winograd_tiles(
                        x.pointer, &window, geometry.height, first + run.lowerBound, run.count, tiles.pointer, count,
                        run.lowerBound, zeros.pointer)
                }
                try parallel((outputs + 31) / 32) { panel in
                    try multiply(tiles, count, by: weight, panel) { products in
                        var window = geometry.window
                        clp_winograd_outputs(
                            products, &window, geometry.height, outputs, panel, bias?.pointer, activation.code,
                            result.pointer, first, count)
                    }
                }
            }
        }
    }

    /// Lends the products of all transformed tiles with one panel of a stored kernel. It is widened and transformed by 128
    /// inputs at a time, which stay in the second-level cache (600 KB) until they are multiplied.
    private func multiply(
        _ tiles: Tensor, _ count: Int, by weight: ConvolutionWeight, _ panel: Int,
        _ body: (UnsafePointer<Float>) -> Void
    ) throws {
        let (inputs, kept) = (weight.inputChannels, min(32, weight.outputChannels - panel * 32))
        let step = min(128, inputs)
        let (kernels, packed) = (32 * 9 * step, clp_winograd_panel_size(step))
        try scratch.lend(kernels + packed + clp_winograd_products(count)) { memory in
            let products = memory + kernels + packed
            for first in stride(from: 0, to: inputs, by: step) {
                let run = min(step, inputs - first)
                for output in 0..<kept {
                    let start = ((panel * 32 + output) * inputs + first) * 9
                    weight.stored.widen(start..<start + run * 9, to: memory + output * run * 9)
                }
                clp_winograd_pack(memory, kept, run, memory + kernels)
                clp_winograd_multiply(tiles.pointer, inputs, count, first, run, memory + kernels, products)
            }
            body(products)
        }
    }

    private func pointwise(
        _ x: Tensor, _ weight: ConvolutionWeight, _ bias: Tensor?, _ activation: Activation
    ) throws -> Tensor {
        let (inputs, outputs) = (weight.inputChannels, weight.outputChannels)
        let result = try Tensor(uninitialized: x.shape.dropLast() + [outputs])
        guard result.count > 0 else { return result }
        if weight.isTransient {
            let matrix = Parameter(try widened(weight.stored).reshaped([outputs, inputs]))
            return try linear(x, matrix, bias: bias, activation: activation)
        }
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
