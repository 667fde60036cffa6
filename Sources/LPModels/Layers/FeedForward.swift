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

    private init(gate: Linear, output: Linear) {
        self.gate = gate
        self.output = output
    }

    func widened(_ compute: Compute) throws -> FeedForward {
        FeedForward(gate: try gate.widened(compute), output: try output.widened(compute))
    }

    /// - Shapes: `x` [..., width] -> the same
    package func callAsFunction(_ x: Tensor, _ compute: Compute) throws -> Tensor {
        guard let width = x.shape.last, width > 0 else { return x }
        // What is wide (8 x width a row) never exists for all rows at once: it stays in a core's cache, and a large clip
        // stays small in memory.
        let rows = try x.reshaped([x.count / width, width])
        let result: Tensor
        if width <= 512 {
            let layer = rows.shape[0] >= 8 * 256 ? try widened(compute) : self
            result = try compute.inTiles(of: rows, rows: 256) { try layer.direct($0, compute) }
        } else {
            let layer = rows.shape[0] > 1024 ? try widened(compute) : self
            result = try compute.inTurns(of: rows, rows: 1024) { try layer.direct($0, compute) }
        }
        return try result.reshaped(x.shape)
    }

    /// [rows, width] -> the same
    private func direct(_ x: Tensor, _ compute: Compute) throws -> Tensor {
        try output(try compute.geglu(try gate(x, compute)), compute)
    }
}
