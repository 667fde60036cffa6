/// What matrix products (linear layers, convolutions, attention) have cost since the computation was made or reset.
package struct ComputeStatistics: Sendable, Equatable {
    /// Floating-point operations of the direct algorithm, two for a multiplication with addition.
    package var flops: Double
    /// Wall time inside those operations.
    package var seconds: Double
    /// Calls.
    package var products: Int
}
