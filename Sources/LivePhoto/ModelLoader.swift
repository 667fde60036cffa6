import CLivePhoto
import Glibc
import LPPipeline

/// Loads a model for a handle.
enum ModelLoader {
    /// - Returns: a box that holds the model, or the reason why there is none
    static func load(_ path: UnsafePointer<CChar>?, _ listener: FractionListener) -> ModelBox {
        var folder = ""
        do {
            folder = try path == nil ? DefaultModel.folder() : Text.path(path)
            try checkFolder(folder)
            var isStopped = !listener.hear(0)
            guard !isStopped else { throw Refusal.cancelled }
            let model = try AnimationModel(folder: folder) { if !isStopped { isStopped = !listener.hear($0) } }
            guard !isStopped else { throw Refusal.cancelled }
            return ModelBox(path: folder, loaded: .success(model))
        } catch {
            return ModelBox(path: folder, loaded: .failure(Refusal(error)))
        }
    }

    /// Tells a folder that is not there from one that cannot be read, before the engine looks into it.
    private static func checkFolder(_ path: String) throws {
        var status = stat()
        guard stat(path, &status) == 0 else {
            let isAbsent = errno == ENOENT || errno == ENOTDIR
            throw Refusal(
                status: isAbsent ? LIVEPHOTO_ERROR_MODEL_NOT_FOUND : LIVEPHOTO_ERROR_MODEL_UNREADABLE,
                message: "cannot open the model '\(path)': \(String(cString: strerror(errno)))")
        }
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
