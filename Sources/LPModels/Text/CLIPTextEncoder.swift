import LPTensor
import LPWeights

/// CLIP's text transformer: token and position embeddings, causal pre-norm layers, final layer norm. There is no
/// padding mask; every position takes part.
///
/// Reference: transformers `CLIPTextModel` (last hidden state). L tokens, D width.
package struct CLIPTextEncoder: Sendable {
    private let tokenEmbedding: Parameter  // [V, D]
    private let positionEmbedding: Tensor  // [positions, D]
    private let layers: [TransformerEncoderLayer]
    private let finalNorm: LayerNorm
    private let configuration: TextEncoderConfiguration

    /// - Parameter weights: names as in released files without the `text_model.` prefix
    package init(_ weights: WeightStore.Scope, _ configuration: TextEncoderConfiguration) throws {
        let width = configuration.hiddenSize
        let embeddings = weights.scoped("embeddings")
        tokenEmbedding = try embeddings.parameter("token_embedding.weight", [configuration.vocabularySize, width])
        positionEmbedding = try embeddings.tensor("position_embedding.weight", [configuration.positions, width])
        // Files written by older versions of transformers carry the numbers 0, 1, 2, ... as a tensor.
        embeddings.ignore("position_ids")
        layers = try (0..<configuration.layers).map { index in
            try TransformerEncoderLayer(
                weights.scoped("encoder.layers", index), width: width, heads: configuration.heads,
                intermediate: configuration.intermediateSize, epsilon: configuration.epsilon, causal: true,
                activation: configuration.activation.activation)
        }
        finalNorm = try LayerNorm(weights.scoped("final_layer_norm"), width, epsilon: configuration.epsilon)
        self.configuration = configuration
    }

    /// - Parameter ids: token ids, at most as many as the model has positions
    /// - Returns: [1, L, D]
    package func callAsFunction(_ ids: [Int], _ compute: Compute) throws -> Tensor {
        var x = try embed(ids)  // [1, L, D]
        for layer in layers { x = try layer(x, compute) }
        return try finalNorm(x, compute)
    }

    private func embed(_ ids: [Int]) throws -> Tensor {
        guard ids.count <= configuration.positions else {
            throw TensorError.shape("\(ids.count) tokens for a text encoder of \(configuration.positions) positions")
        }
        let width = configuration.hiddenSize
        let embedded = try Tensor(uninitialized: [1, ids.count, width])
        for (position, id) in ids.enumerated() {
            guard id >= 0, id < configuration.vocabularySize else {
                throw TensorError.shape("token \(id) of a vocabulary of \(configuration.vocabularySize)")
            }
            let token = try tokenEmbedding.rows(id..<id + 1)  // [1, D]
            let place = positionEmbedding.pointer + position * width
            let target = embedded.pointer + position * width
            for channel in 0..<width { target[channel] = token.pointer[channel] + place[channel] }
        }
        return embedded
    }
}
