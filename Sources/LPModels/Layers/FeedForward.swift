import LPTensor
import LPWeights

/// Gated feed-forward of diffusers' transformer blocks: keys `net.0.proj` [2 x inner, width] (GEGLU), `net.2`.
package struct FeedForward: Sendable {
    private let gate: Linear
    private let output: Linear

    /// - Parameter inner: nil is 4 x width
    package init(_ weights: WeightStore.Scope, width: Int, inner: Int? = nil) throws {
        let inner = inner ?? 4 * width
        gate = try Linear(weights.scoped("net.0.proj"), width, 2 * inner)
        output = try Linear(weights.scoped("net.2"), inner, width)
    }

    /// - Shapes: `x` [..., width] -> the same
    package func callAsFunction(_ x: Tensor, _ compute: Compute) throws -> Tensor {
        guard let width = x.shape.last, width > 0 else { return x }
        // What is wide (8 x width a row) never exists for all rows at once: it stays in a core's cache, and a large clip
        // stays small in memory.
        return try compute.inTiles(of: try x.reshaped([x.count / width, width]), rows: width <= 512 ? 256 : 2048) {
            try output(try compute.geglu(try gate($0, compute)), compute)  // [rows, inner] -> [rows, width]
        }.reshaped(x.shape)
    }
}
