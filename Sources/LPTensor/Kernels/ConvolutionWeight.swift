import CLPKernels

/// The kernel of a convolution, repacked once from PyTorch's [O, I, kh, kw] to [kh * kw * I, O], so that a convolution of
/// unfolded pixels is one product.
package struct ConvolutionWeight: Sendable {
    package let outputChannels: Int
    package let inputChannels: Int
    package let kernelHeight: Int
    package let kernelWidth: Int
    let packed: Tensor

    /// - Throws: `TensorError.shape` unless the weight has four extents, none of them zero.
    package init(_ weight: Parameter) throws {
        guard weight.shape.count == 4, weight.shape.allSatisfy({ $0 > 0 }) else {
            throw TensorError.shape("convolution weight \(weight.shape): wants [O, I, kh, kw]")
        }
        outputChannels = weight.shape[0]
        inputChannels = weight.shape[1]
        kernelHeight = weight.shape[2]
        kernelWidth = weight.shape[3]
        let floats = try weight.readable()
        let area = kernelHeight * kernelWidth
        packed = try Tensor(uninitialized: [area * inputChannels, outputChannels])
        clp_pack_kernel(floats.pointer, packed.pointer, outputChannels, inputChannels, area)
    }
}

/// Rows and columns of zeros around an image.
package struct Padding: Sendable, Equatable {
    package var top: Int
    package var left: Int
    package var bottom: Int
    package var right: Int

    package init(top: Int, left: Int, bottom: Int, right: Int) {
        self.top = top
        self.left = left
        self.bottom = bottom
        self.right = right
    }

    package static func all(_ size: Int) -> Padding { Padding(top: size, left: size, bottom: size, right: size) }
    package static let zero = Padding.all(0)
}
