import CLPKernels

/// What a layer does to each value last. `gelu` is the exact one, with erf.
package enum Activation: Int32, Sendable, CaseIterable {
    case none = 0
    case silu = 1
    case gelu = 2
    case quickGELU = 3
    case relu = 4
    /// `relu` that stops at 6.
    case relu6 = 6

    /// The number that the C kernels use.
    var code: Int32 { rawValue }
}

/// Over what a group norm takes its statistics: each image alone, or all N images of the tensor.
package enum NormScope: Sendable { case frame, clip }

package enum WarpMode: Sendable { case bilinear, bicubic }
package enum WarpBorder: Sendable { case clamp, reflect }
