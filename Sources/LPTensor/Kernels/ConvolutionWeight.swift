import CLPKernels

/// The kernel of a convolution, and the orders in which the products read it.
///
/// Which order that is depends on how the weight is used, so it is made with the first use and kept; a mapped weight is as
/// large as it is meant to be, and is brought into shape at each use.
package struct ConvolutionWeight: Sendable {
    package let outputChannels: Int
    package let inputChannels: Int
    package let kernelHeight: Int
    package let kernelWidth: Int
    /// As stored.
    let stored: Parameter
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
        stored = weight
        forms = PackedForms(weight)
    }

    /// Whether nothing made of it is kept.
    var isTransient: Bool { stored.isMapped }

    /// Whether the 3x3 transform pays: enough channels to fill the panels, and not so many that four times the memory hurts
    /// if it is kept.
    var isTransformable: Bool {
        kernelHeight == 3 && kernelWidth == 3 && inputChannels >= 16 && outputChannels >= 16
            && (isTransient || inputChannels * outputChannels <= 1 << 17)
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
                clp_winograd_pack(
                    floats.pointer + panel * 32 * inputs * 9, min(32, outputs - panel * 32), inputs,
                    result.pointer + panel * clp_winograd_panel_size(inputs))
            }
            winograd = result
            return result
        }
    }
}
