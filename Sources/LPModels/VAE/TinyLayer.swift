import LPTensor
import LPWeights

/// One layer of a tiny autoencoder.
enum TinyLayer: Sendable {
    case convolution(Conv2D, Activation = .none)
    /// Twice the size, each value four times, then a convolution.
    case double(Conv2D)
    case block(TinyBlock)

    /// - Shapes: `x` [N, H, W, C] -> [N, H', W', C']
    func callAsFunction(_ x: Tensor, _ compute: Compute) throws -> Tensor {
        switch self {
        case .convolution(let convolution, let activation): try convolution(x, compute, activation: activation)
        case .double(let convolution):
            try convolution(
                try compute.upsampleNearest(x, height: 2 * x.shape[1], width: 2 * x.shape[2]), compute)
        case .block(let block): try block(x, compute)
        }
    }
}

/// Three convolutions beside a short cut. Reference: diffusers `AutoencoderTinyBlock`; keys `conv.0`, `conv.2`, `conv.4`.
struct TinyBlock: Sendable {
    private let convolutions: [Conv2D]

    init(_ weights: WeightStore.Scope, _ width: Int) throws {
        convolutions = try [0, 2, 4].map { try Conv2D(weights.scoped("conv", $0), width, width) }
    }

    /// - Shapes: `x` [N, H, W, C] -> the same
    func callAsFunction(_ x: Tensor, _ compute: Compute) throws -> Tensor {
        var hidden = x
        for (index, convolution) in convolutions.enumerated() {
            hidden = try convolution(hidden, compute, activation: index < 2 ? .relu : .none)
        }
        try compute.addInPlace(hidden, x)
        return try compute.activate(hidden, .relu)
    }
}
