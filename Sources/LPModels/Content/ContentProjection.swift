import LPTensor
import LPWeights

/// Maps content tokens to the width of the UNet's cross-attention. Keys `weight` [width, embedding], `bias`, below
/// `content_proj` in the UNet's file.
package struct ContentProjection: Sendable {
    private let projection: Linear

    package init(_ weights: WeightStore.Scope, embedding: Int, width: Int) throws {
        projection = try Linear(weights, embedding, width)
    }

    /// - Shapes: `tokens` [N, P, embedding] -> [N, P, width]
    package func callAsFunction(_ tokens: Tensor, _ compute: Compute) throws -> Tensor {
        try projection(tokens, compute)
    }
}
