import CLivePhoto

/// A pipeline handle.
final class LibraryPipeline {
    let handle: OpaquePointer?

    init(_ model: LibraryModel) throws {
        var handle: OpaquePointer?
        let status = livephoto_pipeline_create(model.handle, &handle)
        self.handle = handle
        guard status == LIVEPHOTO_OK else {
            let message = String(cString: livephoto_pipeline_message(handle))
            livephoto_pipeline_free(handle)
            throw Failure(status, message)
        }
        Interruption.watch(handle)
    }

    deinit {
        Interruption.watch(nil)
        livephoto_pipeline_free(handle)
    }

    /// Passes a call's status on, with the message of the handle.
    func check(_ status: livephoto_status) throws {
        guard status == LIVEPHOTO_OK else {
            throw Failure(status, String(cString: livephoto_pipeline_message(handle)))
        }
    }

    /// Range of a parameter.
    func bounds(_ parameter: livephoto_parameter) throws -> (minimum: Double, maximum: Double, standard: Double) {
        var (minimum, maximum, standard) = (0.0, 0.0, 0.0)
        try check(livephoto_pipeline_bounds(handle, parameter, &minimum, &maximum, &standard))
        return (minimum, maximum, standard)
    }

    func value(_ parameter: livephoto_parameter) throws -> Double {
        var value = 0.0
        try check(livephoto_pipeline_value(handle, parameter, &value))
        return value
    }

    var clipSize: (width: Int, height: Int, frames: Int) {
        get throws {
            var (width, height, frames) = (Int32(0), Int32(0), Int32(0))
            try check(livephoto_pipeline_clip_size(handle, &width, &height, &frames))
            return (Int(width), Int(height), Int(frames))
        }
    }

    func estimate() throws -> (seconds: Double, bytes: UInt64) {
        var seconds = 0.0
        var bytes: UInt64 = 0
        try check(livephoto_pipeline_estimate(handle, &seconds, &bytes))
        return (seconds, bytes)
    }

    /// Steps to the end.
    /// - Parameter report: called after each step
    func run(_ report: (livephoto_progress) -> Void) throws {
        var progress = livephoto_progress()
        progress.struct_size = UInt32(MemoryLayout<livephoto_progress>.size)
        while progress.done == 0 {
            try Interruption.check()
            try check(livephoto_pipeline_step(handle, &progress))
            report(progress)
        }
    }

    func save(to path: String, _ progress: (Double) -> Void) throws {
        let status = withFraction(progress) { livephoto_pipeline_save(handle, path, $0, $1) }
        if status == LIVEPHOTO_ERROR_MEDIA_FORMAT {
            // The ending was looked at before: what is missing is the encoder.
            throw Failure(message: String(cString: livephoto_pipeline_message(handle)), exitCode: 69)
        }
        try check(status)
    }

    func measure() throws -> Motion {
        var measurement = Motion.empty
        var curve = [Double](repeating: 0, count: max(try clipSize.frames - 1, 1))
        try check(livephoto_pipeline_measure(handle, &measurement, &curve, curve.count))
        return Motion(measurement, curve: curve)
    }

    /// Words of the prompt with their weights, one per frame of the model's training or one for all.
    func words() throws -> [(text: String, weights: [Double])] {
        var (count, frames) = (Int32(0), Int32(0))
        try check(livephoto_pipeline_word_count(handle, &count, &frames))
        return try (0..<count).map { index in
            var size = 0
            try check(livephoto_pipeline_word(handle, index, nil, 0, &size, nil, 0))
            var text = [CChar](repeating: 0, count: size)
            var weights = [Float](repeating: 0, count: Int(frames))
            try check(livephoto_pipeline_word(handle, index, &text, size, nil, &weights, weights.count))
            let word = String(decoding: text.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
            return (word, weights.map(Double.init))
        }
    }
}
