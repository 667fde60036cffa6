import CLPKernels

/// The kernels of a depthwise convolution, one a channel, in the order in which the loops read them.
package struct DepthwiseWeight: Sendable {
    package let channels: Int
    package let kernelHeight: Int
    package let kernelWidth: Int
    /// [kh * kw, C]
    let taps: Tensor

    /// - Parameter weight: [C, 1, kh, kw], PyTorch's layout
    /// - Throws: `TensorError.shape` unless the weight has such extents, none of them zero.
    package init(_ weight: Tensor) throws {
        let shape = weight.shape
        guard shape.count == 4, shape[1] == 1, shape.allSatisfy({ $0 > 0 }) else {
            throw TensorError.shape("depthwise weight \(shape): wants [C, 1, kh, kw]")
        }
        channels = shape[0]
        kernelHeight = shape[2]
        kernelWidth = shape[3]
        taps = try Tensor(uninitialized: [kernelHeight * kernelWidth, channels])
        clp_pack_kernel(weight.pointer, taps.pointer, channels, 1, kernelHeight * kernelWidth)
    }
}
