import Glibc
import LPTensor
import LPWeights

/// Sinusoidal features of real numbers: cosines first, then sines, of `value` x 10000^(-i / (dimension / 2)).
///
/// Computed in single precision step by step as the reference does.
/// Reference: diffusers `get_timestep_embedding(flip_sin_to_cos=True, downscale_freq_shift=0)`.
package enum SinusoidalFeatures {
    /// - Parameter dimension: even
    /// - Returns: [values.count, dimension]
    package static func of(_ values: [Float], dimension: Int) throws -> Tensor {
        guard dimension > 0, dimension % 2 == 0 else {
            throw TensorError.shape("sinusoidal features need an even dimension, not \(dimension)")
        }
        let half = dimension / 2
        let frequencies = (0..<half).map { expf(-9.210340371976184 * Float($0) / Float(half)) }
        let features = try Tensor(uninitialized: [values.count, dimension])
        for (row, value) in values.enumerated() {
            for (index, frequency) in frequencies.enumerated() {
                features.pointer[row * dimension + index] = cosf(value * frequency)
                features.pointer[row * dimension + half + index] = sinf(value * frequency)
            }
        }
        return features
    }
}

/// Two linear layers with SiLU between: keys `linear_1` [embedding, features], `linear_2` [embedding, embedding].
package struct TimestepEmbedding: Sendable {
    private let first: Linear
    private let second: Linear

    package init(_ weights: WeightStore.Scope, features: Int, embedding: Int) throws {
        first = try Linear(weights.scoped("linear_1"), features, embedding)
        second = try Linear(weights.scoped("linear_2"), embedding, embedding)
    }

    /// - Shapes: `features` [N, features] -> [N, embedding]
    package func callAsFunction(_ features: Tensor, _ compute: Compute) throws -> Tensor {
        try second(try first(features, compute, activation: .silu), compute)
    }
}
