import CLPKernels

/// The kernel of a convolution, brought once into the order that the products read.
///
/// Which order that is depends on how the weight is used, so it is made with the first use and kept.
package struct ConvolutionWeight: Sendable {
    package let outputChannels: Int
    package let inputChannels: Int
    package let kernelHeight: Int
    package let kernelWidth: Int
    private let forms: PackedForms

    /// - Parameter weight: [O, I, kh, kw], PyTorch's layout
    /// - Throws: `TensorError.shape` unless the weight has four extents, none of them zero.
    package init(_ weight: Parameter) throws {
        guard weight.shape.count == 4, weight.shape.allSatisfy({ $0 > 0 }) else {
            throw TensorError.shape("convolution weight \(weight.shape): wants [O, I, kh, kw]")
        }
        outputChannels = weight.shape[0]
        inputChannels = weight.shape[1]
        kernelHeight = weight.shape[2]
        kernelWidth = weight.shape[3]
        forms = PackedForms(weight)
    }

    /// Whether the 3x3 transform pays: enough channels to fill the panels, and not so many that four times the memory hurts.
    var isTransformable: Bool {
        kernelHeight == 3 && kernelWidth == 3 && inputChannels >= 16 && outputChannels >= 16
            && inputChannels * outputChannels <= 1 << 17
    }

    /// [kh * kw * I, O]: a convolution of unfolded pixels is one product.
    func unfolded() throws -> Tensor { try forms.unfolded() }
    /// What `clp_winograd` reads.
    func transformed() throws -> Tensor { try forms.transformed() }
}

/// The orders in which one weight is wanted, made on demand by whichever thread comes first.
private final class PackedForms: @unchecked Sendable {
    private let weight: Parameter
    private let lock = Lock()
    private var plain: Tensor?
    private var winograd: Tensor?

    init(_ weight: Parameter) { self.weight = weight }

    func unfolded() throws -> Tensor {
        try lock.holding {
            if let plain { return plain }
            let floats = try weight.readable()
            let (outputs, inputs, area) = (weight.shape[0], weight.shape[1], weight.shape[2] * weight.shape[3])
            let result = try Tensor(uninitialized: [area * inputs, outputs])
            clp_pack_kernel(floats.pointer, result.pointer, outputs, inputs, area)
            plain = result
            return result
        }
    }

    func transformed() throws -> Tensor {
        try lock.holding {
            if let winograd { return winograd }
            let floats = try weight.readable()
            let (outputs, inputs) = (weight.shape[0], weight.shape[1])
            let result = try Tensor(uninitialized: [clp_winograd_weights(outputs, inputs)])
            for panel in 0..<(outputs + 31) / 32 {
                clp_winograd_pack(floats.pointer, result.pointer, outputs, inputs, panel)
            }
            winograd = result
            return result
        }
    }
}
