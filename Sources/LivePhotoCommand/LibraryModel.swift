import CLivePhoto

/// A model handle.
final class LibraryModel {
    let handle: OpaquePointer?

    /// - Parameters:
    ///   - path: nil for the shipped default
    ///   - progress: called with 0...1
    convenience init(path: String?, _ progress: (Double) -> Void = { _ in }) throws {
        try self.init { handle in withFraction(progress) { livephoto_model_load(path, $0, $1, &handle) } }
    }

    /// A model folder, or files that are put together.
    /// - Parameters:
    ///   - base: nil for the shipped default, which takes no further files
    convenience init(base: String?, _ options: ModelOptions, _ progress: (Double) -> Void = { _ in }) throws {
        guard let base else {
            guard !options.isUsed else { throw Failure(message: "name the base of these files with --model", exitCode: 64) }
            try self.init(path: nil, progress)
            return
        }
        let arguments = ModelFileArguments(base: base, options)
        try self.init { handle in
            var files = arguments.files
            return withExtendedLifetime(arguments) {
                withFraction(progress) { livephoto_model_load_files(&files, $0, $1, &handle) }
            }
        }
    }

    /// Packs files into a folder.
    convenience init(
        converting arguments: ModelFileArguments, to folder: String, _ precision: livephoto_precision,
        _ progress: (Double) -> Void
    ) throws {
        try self.init { handle in
            var files = arguments.files
            return withExtendedLifetime(arguments) {
                withFraction(progress) { livephoto_model_convert_files(&files, folder, precision, $0, $1, &handle) }
            }
        }
    }

    private init(_ load: (inout OpaquePointer?) -> livephoto_status) throws {
        var handle: OpaquePointer?
        let status = load(&handle)
        self.handle = handle
        guard status == LIVEPHOTO_OK else {
            let message = String(cString: livephoto_model_message(handle))
            livephoto_model_free(handle)
            throw Failure(status, message)
        }
    }

    deinit { livephoto_model_free(handle) }

    /// The library's description, JSON.
    func description() throws -> String {
        var size = 0
        try check(livephoto_model_describe(handle, nil, 0, &size))
        var buffer = [CChar](repeating: 0, count: size)
        try check(livephoto_model_describe(handle, &buffer, buffer.count, &size))
        return String(decoding: buffer.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// What a file of weights is, JSON; for a file that cannot be read, with its problem.
    static func describe(file path: String) throws -> (json: String, status: livephoto_status) {
        var size = 0
        let status = livephoto_file_describe(path, nil, 0, &size)
        guard size > 0 else { throw Failure(status, "'\(path.prefix(200))' is no path of a file") }
        var buffer = [CChar](repeating: 0, count: size)
        _ = livephoto_file_describe(path, &buffer, buffer.count, &size)
        return (String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self), status)
    }

    /// Measures a clip on disk.
    func measure(file path: String, _ progress: (Double) -> Void = { _ in }) throws -> Motion {
        var measurement = Motion.empty
        var curve = [Double](repeating: 0, count: 4096)
        let status = withFraction(progress) {
            livephoto_model_measure_file(handle, path, &measurement, &curve, curve.count, $0, $1)
        }
        try check(status)
        return Motion(measurement, curve: curve)
    }

    private func check(_ status: livephoto_status) throws {
        guard status == LIVEPHOTO_OK else { throw Failure(status, String(cString: livephoto_model_message(handle))) }
    }
}

/// How much a clip moves.
struct Motion {
    let meanSSIM: Double
    let level: Double
    let pairs: [Double]

    static var empty: livephoto_measurement {
        livephoto_measurement(
            struct_size: UInt32(MemoryLayout<livephoto_measurement>.size), pair_count: 0, mean_ssim: 0, level: 0)
    }

    init(_ measurement: livephoto_measurement, curve: [Double]) {
        meanSSIM = measurement.mean_ssim
        level = measurement.level
        pairs = Array(curve.prefix(Int(measurement.pair_count)))
    }

    var members: [(String, any JSONConvertible)] {
        [("mean_ssim", meanSSIM), ("level", level), ("curve", pairs)]
    }
}

/// Lends a closure to a library call as a livephoto_fraction_callback that also obeys Ctrl-C.
func withFraction<Result>(
    _ progress: (Double) -> Void, _ body: (livephoto_fraction_callback, UnsafeMutableRawPointer) -> Result
) -> Result {
    withoutActuallyEscaping(progress) { progress in
        var listener = progress
        return withUnsafeMutablePointer(to: &listener) { pointer in
            body(
                { fraction, userData in
                    userData?.assumingMemoryBound(to: ((Double) -> Void).self).pointee(fraction)
                    return Interruption.isWanted ? 1 : 0
                }, UnsafeMutableRawPointer(pointer))
        }
    }
}
