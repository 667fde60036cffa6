import LPTensor
import LPWeights

/// What is added to the time embedding of each frame: its place in the clip and the intensity level (sinusoidal features
/// through two linear layers), and the text bag (one linear layer). Our addition.
///
/// Keys `conditioning_embedding.linear_1`, `conditioning_embedding.linear_2`, `text_embedding_proj`.
package struct ConditioningEmbedding: Sendable {
    private let parts: ConditioningEmbeddingConfiguration
    private let features: Int
    private let numbers: TimestepEmbedding?
    private let text: Linear?

    package init(
        _ weights: WeightStore.Scope, _ parts: ConditioningEmbeddingConfiguration, features: Int, embedding: Int,
        textWidth: Int
    ) throws {
        self.parts = parts
        self.features = features
        let inputs = (parts.frame ? features : 0) + (parts.level ? features : 0)
        numbers =
            inputs > 0
            ? try TimestepEmbedding(weights.scoped("conditioning_embedding"), features: inputs, embedding: embedding)
            : nil
        text = parts.text ? try Linear(weights.scoped("text_embedding_proj"), textWidth, embedding) : nil
    }

    /// - Parameters:
    ///   - level: motion intensity, 1...10
    ///   - textBag: [frames, D]; needed if the model has the text part
    /// - Returns: [frames, E], nil if the model has no such embedding
    package func callAsFunction(frames: Int, level: Float, textBag: Tensor?, _ compute: Compute) throws -> Tensor? {
        var sum: Tensor?
        if let numbers {
            var sines: [Tensor] = []
            if parts.frame {
                let places = (0..<frames).map { frames > 1 ? 1000 * Float($0) / Float(frames - 1) : 0 }
                sines.append(try SinusoidalFeatures.of(places, dimension: features))  // [F, P]
            }
            if parts.level {
                let levels = [Float](repeating: 100 * level, count: frames)
                sines.append(try SinusoidalFeatures.of(levels, dimension: features))  // [F, P]
            }
            sum = try numbers(try compute.concatChannels(sines), compute)  // [F, E]
        }
        if let text {
            guard let textBag, textBag.shape.count == 2, textBag.shape[0] == frames else {
                throw TensorError.shape("this UNet needs a text bag [\(frames), D]")
            }
            let words = try text(textBag, compute)  // [F, E]
            sum = try sum.map { try compute.add($0, words) } ?? words
        }
        return sum
    }
}
