import CLPKernels

/// The checked sizes of one convolution.
struct ConvolutionGeometry: Sendable {
    /// Of the output.
    let height: Int
    let width: Int
    let window: clp_window
    let isPointwise: Bool

    var pixels: Int { height * width }
    /// 4x4 tiles of one output image.
    var tiles: Int { ((height + 3) / 4) * ((width + 3) / 4) }
    /// Whether transforming whole tiles is less work than the pixels that are wanted.
    var suitsTransform: Bool { window.stride == 1 && tiles * 6 <= pixels }

    init(_ x: Tensor, _ weight: ConvolutionWeight, _ bias: Tensor?, _ stride: Int, _ padding: Padding) throws {
        try self.init(
            x, inputs: weight.inputChannels, outputs: weight.outputChannels,
            kernel: (weight.kernelHeight, weight.kernelWidth), bias, stride, padding)
    }

    init(_ x: Tensor, _ weight: DepthwiseWeight, _ bias: Tensor?, _ stride: Int, _ padding: Padding) throws {
        try self.init(
            x, inputs: weight.channels, outputs: weight.channels, kernel: (weight.kernelHeight, weight.kernelWidth), bias,
            stride, padding)
    }

    private init(
        _ x: Tensor, inputs: Int, outputs: Int, kernel: (height: Int, width: Int), _ bias: Tensor?, _ stride: Int,
        _ padding: Padding
    ) throws {
        let sides = [padding.top, padding.left, padding.bottom, padding.right]
        guard x.shape.count == 4, x.shape[3] == inputs, stride > 0, stride <= 1 << 20,
            sides.allSatisfy({ $0 >= 0 && $0 <= 1 << 20 }), bias == nil || bias?.shape == [outputs],
            x.shape[1] + padding.top + padding.bottom >= kernel.height,
            x.shape[2] + padding.left + padding.right >= kernel.width
        else {
            throw TensorError.shape(
                "convolution: x \(x.shape), \(inputs) to \(outputs) channels, kernel \(kernel), "
                    + "bias \(bias.map { "\($0.shape)" } ?? "none"), stride \(stride), padding \(sides)")
        }
        height = (x.shape[1] + padding.top + padding.bottom - kernel.height) / stride + 1
        width = (x.shape[2] + padding.left + padding.right - kernel.width) / stride + 1
        window = clp_window(
            height: x.shape[1], width: x.shape[2], channels: x.shape[3], output_width: width,
            kernel_height: kernel.height, kernel_width: kernel.width, stride: stride,
            top: padding.top, left: padding.left)
        isPointwise = kernel == (1, 1) && stride == 1 && padding == .zero
    }

    /// Pixels of one band: unfolded, they should stay in the second-level cache (about 640 KB).
    func bandStep(_ span: Int) -> Int {
        let wanted = min(max(160_000 / max(span, 1), 64), 512)
        let bands = max((pixels + wanted - 1) / wanted, 1)
        return max((pixels + bands - 1) / bands, 1)
    }
}
