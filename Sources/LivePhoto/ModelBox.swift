import CLivePhoto
import Glibc
import LPPipeline

/// What a model handle stands for: the loaded model, or why there is none.
final class ModelBox: @unchecked Sendable {
    let messages = MessageBoard()
    let process = getpid()
    let path: String
    private let loaded: Result<AnimationModel, Refusal>
    /// The model's name as a C string that lives as long as the box.
    let name: UnsafeMutablePointer<CChar>?

    init(path: String, loaded: Result<AnimationModel, Refusal>) {
        self.path = path
        self.loaded = loaded
        name = (try? loaded.get()).flatMap { strdup($0.configuration.name) }
    }

    deinit { free(name) }

    /// The model behind the handle.
    /// - Throws: `Refusal` when loading failed, or in a child process of the one that loaded it.
    func model() throws -> AnimationModel {
        guard process == getpid() else {
            throw Refusal.state("this model was loaded before fork(); load it again in the child process")
        }
        do {
            return try loaded.get()
        } catch {
            throw Refusal.argument("the model is not loaded: \(error.message)")
        }
    }

    /// - Throws: why loading failed
    func requireLoaded() throws { _ = try loaded.get() }

    /// Finds a live model handle, or refuses.
    static func required(_ handle: OpaquePointer?) throws -> ModelBox {
        guard let box = find(handle) else {
            throw Refusal.argument("'model' is NULL, was freed, or is no livephoto_model")
        }
        return box
    }

    /// Finds a live model handle.
    static func find(_ handle: OpaquePointer?) -> ModelBox? {
        HandleTable.shared.box(handle, kind: .model, as: ModelBox.self)
    }
}
