import LPTensor
import LPWeights

/// What the UNet gets to know of a prompt, frame by frame. F frames, L tokens, D width.
package struct TextConditioning: Sendable {
    /// Weighted text states.
    package let states: Tensor  // [F, L, D]
    /// Mean weighted state of the valid tokens.
    package let bag: Tensor  // [F, D]
    /// Weight of each token in each frame, 0 to 1; all 1 without re-weighting.
    package let weights: Tensor  // [F, L]

    /// Applies per-frame weights to the states of one prompt.
    ///
    /// - Parameters:
    ///   - states: [1, L, D]
    ///   - weights: [F, L]
    ///   - validCount: tokens up to and including the first end mark; 1 to L
    package init(states: Tensor, weights: Tensor, validCount: Int) throws {
        guard states.shape.count == 3, states.shape[0] == 1, weights.shape.count == 2,
            weights.shape[1] == states.shape[1], (1...max(1, states.shape[1])).contains(validCount),
            states.shape[1] >= 1
        else {
            throw TensorError.shape("text states \(states.shape), weights \(weights.shape), \(validCount) valid tokens")
        }
        let (frames, length, width) = (weights.shape[0], states.shape[1], states.shape[2])
        let weighted = try Tensor(uninitialized: [frames, length, width])
        let bag = try Tensor(zeros: [frames, width])
        for frame in 0..<frames {
            let sum = bag.pointer + frame * width
            for token in 0..<length {
                let weight = weights.pointer[frame * length + token]
                let source = states.pointer + token * width
                let target = weighted.pointer + (frame * length + token) * width
                for channel in 0..<width { target[channel] = source[channel] * weight }
                guard token < validCount else { continue }
                for channel in 0..<width { sum[channel] += target[channel] }
            }
            for channel in 0..<width { sum[channel] /= Float(validCount) }
        }
        self.states = weighted
        self.bag = bag
        self.weights = weights
    }

    /// The states as they are, for a model without re-weighting.
    package init(unweighted states: Tensor, frames: Int, validCount: Int) throws {
        let length = states.shape.count == 3 ? states.shape[1] : 0
        let ones = try Tensor(uninitialized: [frames, length])
        ones.pointer.update(repeating: 1, count: ones.count)
        try self.init(states: states, weights: ones, validCount: validCount)
    }
}

/// Frame-wise weights of the prompt's tokens (paper section 3.4, figure 3): a small transformer over the text states,
/// then one linear row per frame and a sigmoid.
package struct TextReweighting: Sendable {
    private let layers: [TransformerEncoderLayer]
    private let head: Linear
    private let rows: Int

    package init(
        _ weights: WeightStore.Scope, _ configuration: TextReweightingConfiguration, hiddenSize: Int
    ) throws {
        layers = try (0..<configuration.layers).map { index in
            try TransformerEncoderLayer(
                weights.scoped("layers", index), width: hiddenSize, heads: configuration.heads,
                intermediate: configuration.intermediateSize, epsilon: configuration.epsilon, causal: false,
                activation: configuration.activation.activation)
        }
        rows = configuration.frames
        head = try Linear(weights.scoped("head"), hiddenSize, rows)
    }

    /// The weights of each row of the head, before they are spread over a clip.
    ///
    /// - Shapes: `states` [1, L, D] -> [rows, L]
    package func rowWeights(_ states: Tensor, _ compute: Compute) throws -> Tensor {
        var x = states
        for layer in layers { x = try layer(x, compute) }
        let weights = try compute.sigmoid(try head(x, compute))  // [1, L, rows]
        let length = weights.count / rows
        let transposed = try Tensor(uninitialized: [rows, length])
        for row in 0..<rows {
            for token in 0..<length {
                transposed.pointer[row * length + token] = weights.pointer[token * rows + row]
            }
        }
        return transposed
    }

    /// - Parameters:
    ///   - states: [1, L, D]
    ///   - validCount: tokens up to and including the first end mark
    package func callAsFunction(
        _ states: Tensor, frames: Int, validCount: Int, _ compute: Compute
    ) throws -> TextConditioning {
        let rowWeights = try rowWeights(states, compute)  // [rows, L]
        let weights = try Self.spread(rowWeights, frames: frames)  // [F, L]
        return try TextConditioning(states: states, weights: weights, validCount: validCount)
    }

    /// Interpolates rows linearly over a clip: the first row is the first frame's, the last row the last frame's. A
    /// single frame takes the first row.
    ///
    /// - Shapes: `rowWeights` [rows, L] -> [frames, L]
    package static func spread(_ rowWeights: Tensor, frames: Int) throws -> Tensor {
        guard rowWeights.shape.count == 2, rowWeights.shape[0] >= 1 else {
            throw TensorError.shape("weights \(rowWeights.shape); [rows, tokens] is expected")
        }
        let (rows, length) = (rowWeights.shape[0], rowWeights.shape[1])
        let weights = try Tensor(uninitialized: [frames, length])
        for frame in 0..<frames {
            let position = frames > 1 ? Double(frame * (rows - 1)) / Double(frames - 1) : 0
            let low = min(Int(position), rows - 1)
            let high = min(low + 1, rows - 1)
            let fraction = Float(position - Double(low))
            for token in 0..<length {
                let first = rowWeights.pointer[low * length + token]
                let second = rowWeights.pointer[high * length + token]
                weights.pointer[frame * length + token] = first + (second - first) * fraction
            }
        }
        return weights
    }
}
