import CLivePhoto
import Glibc
import LPPipeline
import LPWeights

/// Loads a model for a handle.
enum ModelLoader {
    /// - Returns: a box that holds the model, or the reason why there is none
    static func load(_ path: UnsafePointer<CChar>?, _ listener: FractionListener) -> ModelBox {
        box(listener) { place, report in
            place = try path == nil ? DefaultModel.folder() : Text.path(path)
            try checkFolder(place)
            return try AnimationModel(folder: place) { _ = report($0) }
        }
    }

    static func load(_ files: UnsafePointer<livephoto_model_files>?, _ listener: FractionListener) -> ModelBox {
        box(listener) { place, report in
            let files = try ModelFileSet(files)
            place = files.base
            try checkThere(place)
            return try AnimationModel(files: files) { _ = report($0) }
        }
    }

    static func convert(
        _ files: UnsafePointer<livephoto_model_files>?, to folder: UnsafePointer<CChar>?, _ precision: livephoto_precision,
        _ listener: FractionListener
    ) -> ModelBox {
        box(listener) { place, report in
            let files = try ModelFileSet(files)
            place = try Text.path(folder, "folder")
            try checkThere(files.base)
            let stored: AnimationModel.StoredPrecision =
                switch precision {
                case LIVEPHOTO_PRECISION_F16: .half
                case LIVEPHOTO_PRECISION_F32: .single
                default: throw Refusal.argument("'precision' is \(precision.rawValue), which is no livephoto_precision")
                }
            return try AnimationModel.convert(files, to: place, precision: stored, progress: report)
        }
    }

    /// - Parameter body: sets the model's place for messages; its report answers false once the host has asked to stop
    private static func box(
        _ listener: FractionListener, _ body: (_ place: inout String, _ report: @escaping (Double) -> Bool) throws -> AnimationModel
    ) -> ModelBox {
        var place = ""
        do {
            var isStopped = !listener.hear(0)
            guard !isStopped else { throw Refusal.cancelled }
            let model = try body(&place) { fraction in
                if !isStopped { isStopped = !listener.hear(fraction) }
                return !isStopped
            }
            guard !isStopped else { throw Refusal.cancelled }
            return ModelBox(path: place, loaded: .success(model))
        } catch {
            return ModelBox(path: place, loaded: .failure(Refusal(error)))
        }
    }

    private static func checkThere(_ path: String) throws {
        var status = stat()
        guard stat(path, &status) == 0 else { throw absent(path, errno) }
    }

    private static func absent(_ path: String, _ code: Int32) -> Refusal {
        let isAbsent = code == ENOENT || code == ENOTDIR
        return Refusal(
            status: isAbsent ? LIVEPHOTO_ERROR_MODEL_NOT_FOUND : LIVEPHOTO_ERROR_MODEL_UNREADABLE,
            message: "cannot open the model '\(path)': \(String(cString: strerror(code)))")
    }

    /// Tells a folder that is not there from one that cannot be read, before the engine looks into it.
    private static func checkFolder(_ path: String) throws {
        var status = stat()
        guard stat(path, &status) == 0 else { throw absent(path, errno) }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            throw Refusal(
                status: LIVEPHOTO_ERROR_MODEL_UNREADABLE, message: "'\(path)' is not a folder, as a model is")
        }
        guard access(path, R_OK | X_OK) == 0 else {
            throw Refusal(
                status: LIVEPHOTO_ERROR_MODEL_UNREADABLE,
                message: "cannot read the model '\(path)': \(String(cString: strerror(errno)))")
        }
    }
}
