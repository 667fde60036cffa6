import LPPipeline

/// Word weights on their way into the caller's memory.
enum WordCopy {
    /// - Throws: `Refusal.argument` when there is memory and it is too small; nothing is written then
    static func weights(of word: WordWeight, to target: UnsafeMutablePointer<Float>?, capacity: Int) throws {
        guard let target else { return }
        guard capacity >= word.weights.count else {
            throw Refusal.argument("the word has \(word.weights.count) weights, 'weights' holds \(capacity)")
        }
        for (index, weight) in word.weights.enumerated() { target[index] = weight }
    }
}

extension PipelineSession {
    /// Weights that each word has; 0 when the model does not weigh words.
    var weightsPerWord: Int { engine.model.configuration.textReweighting?.frames ?? 0 }

    func word(at index: Int) throws -> WordWeight {
        let words = try wordWeights()
        guard words.indices.contains(index) else {
            throw Refusal.argument("there is no word \(index): the prompt has \(words.count)")
        }
        return words[index]
    }
}
