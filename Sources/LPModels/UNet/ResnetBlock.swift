import LPTensor
import LPWeights

/// Two normalised 3x3 convolutions with a short cut; the time embedding enters between them.
///
/// Reference: diffusers `ResnetBlock2D`. Keys `norm1`, `conv1`, `time_emb_proj` (if there is an embedding), `norm2`,
/// `conv2`, `conv_shortcut` (if the number of channels changes).
package struct ResnetBlock: Sendable {
    /// How the time embedding acts.
    private enum Modulation {
        case none
        /// Added to the channels before the second norm.
        case shift(Linear)
        /// Scales and shifts the channels after the second norm.
        case scaleShift(Linear)
    }

    private let norm1: GroupNorm
    private let conv1: Conv2D
    private let modulation: Modulation
    private let norm2: GroupNorm
    private let conv2: Conv2D
    private let shortcut: Linear?

    /// - Parameters:
    ///   - embedding: width of the time embedding, nil if there is none (autoencoder)
    ///   - scaleShift: the embedding scales and shifts after the second norm instead of being added before it
    package init(
        _ weights: WeightStore.Scope, _ inputs: Int, _ outputs: Int, embedding: Int? = nil, scaleShift: Bool = false,
        groups: Int, epsilon: Float, scope: NormScope = .frame
    ) throws {
        norm1 = try GroupNorm(weights.scoped("norm1"), inputs, groups: groups, epsilon: epsilon, scope: scope)
        conv1 = try Conv2D(weights.scoped("conv1"), inputs, outputs)
        if let embedding {
            let key = weights.scoped("time_emb_proj")
            modulation =
                scaleShift
                ? .scaleShift(try Linear(key, embedding, 2 * outputs)) : .shift(try Linear(key, embedding, outputs))
        } else {
            modulation = .none
        }
        norm2 = try GroupNorm(weights.scoped("norm2"), outputs, groups: groups, epsilon: epsilon, scope: scope)
        conv2 = try Conv2D(weights.scoped("conv2"), outputs, outputs)
        shortcut = inputs == outputs ? nil : try Linear(weights.scoped("conv_shortcut"), inputs, outputs)
    }

    /// - Shapes: `x` [F, h, w, inputs]; `embedding` [F, E] or [1, E] for all frames, SiLU already applied
    ///   -> [F, h, w, outputs]
    package func callAsFunction(_ x: Tensor, embedding: Tensor? = nil, _ compute: Compute) throws -> Tensor {
        try compute.checkCancelled()
        var hidden = try conv1(try norm1(x, compute, activation: .silu), compute)  // [F, h, w, outputs]
        var scaleShift: Tensor?
        switch (modulation, embedding) {
        case (.none, _): break
        case (.shift(let projection), let embedding?):
            hidden = try compute.addRows(hidden, try projection(embedding, compute))
        case (.scaleShift(let projection), let embedding?):
            scaleShift = try projection(embedding, compute)  // [F or 1, 2 x outputs]
        case (_, nil):
            throw TensorError.shape("a resnet block with a time embedding was called without one")
        }
        hidden = try norm2(hidden, compute, scaleShift: scaleShift, activation: .silu)
        hidden = try conv2(hidden, compute)
        try compute.addInPlace(hidden, try shortcut?(x, compute) ?? x)
        return hidden
    }
}

extension Tensor {
    /// One row for all -> the row `count` times: [1, C] -> [count, C]. Other tensors are returned as they are.
    func repeated(_ count: Int) throws -> Tensor {
        guard shape.count == 2, shape[0] == 1, count > 1 else { return self }
        let rows = try Tensor(uninitialized: [count, shape[1]])
        for row in 0..<count {
            rows.pointer.advanced(by: row * shape[1]).update(from: pointer, count: shape[1])
        }
        return rows
    }
}
