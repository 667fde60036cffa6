import CLivePhoto

// livephoto.h, section Words.

@c @implementation
public func livephoto_pipeline_word_count(
    _ pipeline: OpaquePointer?, _ words: UnsafeMutablePointer<Int32>?, _ frame_count: UnsafeMutablePointer<Int32>?
) -> livephoto_status {
    withPipeline(pipeline) { session in
        let found = try session.wordWeights()
        words?.pointee = Int32(clamping: found.count)
        frame_count?.pointee = Int32(clamping: session.weightsPerWord)
    }
}

@c @implementation
public func livephoto_pipeline_word(
    _ pipeline: OpaquePointer?, _ index: Int32, _ text: UnsafeMutablePointer<CChar>?, _ text_capacity: Int,
    _ text_size: UnsafeMutablePointer<Int>?, _ weights: UnsafeMutablePointer<Float>?, _ weight_capacity: Int
) -> livephoto_status {
    withPipeline(pipeline) { session in
        let word = try session.word(at: Int(index))
        try WordCopy.weights(of: word, to: weights, capacity: weight_capacity)
        try Text.copy(word.word, to: text, capacity: text_capacity, size: text_size)
    }
}
