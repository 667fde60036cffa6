import CLPKernels

extension Compute {
    /// Two-dimensional convolution with zero padding in which each channel has a kernel of its own.
    ///
    /// - Parameters:
    ///   - x: [N, H, W, C]
    ///   - bias: [C]
    ///   - stride: 1 or more, both ways
    /// - Returns: [N, (H + top + bottom - kh) / stride + 1, (W + left + right - kw) / stride + 1, C]
    /// - Throws: `TensorError.shape`
    package func depthwise(
        _ x: Tensor, _ weight: DepthwiseWeight, bias: Tensor?, stride: Int, padding: Padding,
        activation: Activation = .none
    ) throws -> Tensor {
        let geometry = try ConvolutionGeometry(x, weight, bias, stride, padding)
        let result = try Tensor(uninitialized: [x.shape[0], geometry.height, geometry.width, weight.channels])
        guard result.count > 0 else { return result }
        let (rows, width) = (geometry.height, geometry.width * weight.channels)
        let imageSize = x.count / x.shape[0]
        // 128 KB of output a piece.
        let step = max(32768 / width, 1)
        let runs = (rows + step - 1) / step
        try parallel(x.shape[0] * runs) { index in
            let (image, first) = (index / runs, index % runs * step)
            var window = geometry.window
            clp_depthwise(
                x.pointer + image * imageSize, &window, first, min(step, rows - first), weight.taps.pointer,
                bias?.pointer, activation.code, result.pointer + (image * rows + first) * width)
        }
        return result
    }
}
