import CLivePhoto
import LPPipeline

// Rules of every entry point (the `...API.swift` files, in the order of livephoto.h):
//
//  1. `@c @implementation public func`: the compiler checks the signature against the header.
//  2. A handle is borrowed through `withModel` or `withPipeline`, which find dead and foreign handles, keep threads
//     apart, turn what is thrown into a status and post the message. Nothing else touches a handle.
//  3. Every pointer is optional here and is unwrapped by `required` or checked by the type that takes it.
//  4. Strings come in through `Text.input`, and go out through `Text.copy`.
//  5. The body is at most about ten lines: no loop, no arithmetic on pixels, no decision that a test of the engine
//     could not see. Work belongs to `PipelineSession` and below.
//  6. Nothing here may trap: no `!`, no unchecked conversion, no subscript that was not checked.

/// Borrows a loaded model for one call.
func withModel(
    _ handle: OpaquePointer?, _ body: (AnimationModel, ModelBox) throws -> Void
) -> livephoto_status {
    guard let box = ModelBox.find(handle) else { return LIVEPHOTO_ERROR_ARGUMENT }
    return report(on: box.messages) { try body(box.model(), box) }
}

/// Borrows a pipeline for one call, as its only user.
func withPipeline(
    _ handle: OpaquePointer?, _ access: PipelineBox.Access = .exclusive, _ body: (PipelineSession) throws -> Void
) -> livephoto_status {
    guard let box = PipelineBox.find(handle) else { return LIVEPHOTO_ERROR_ARGUMENT }
    return report(on: box.messages) { try box.enter(access, body) }
}

/// Runs a call, posts its message and returns its status.
func report(on messages: MessageBoard, _ body: () throws -> Void) -> livephoto_status {
    do {
        try body()
        messages.post(nil)
        return LIVEPHOTO_OK
    } catch {
        let refusal = Refusal(error)
        messages.post(refusal.message)
        return refusal.status
    }
}

/// A pointer argument that must be there.
func required<Pointer>(_ pointer: Pointer?, _ name: String) throws -> Pointer {
    guard let pointer else { throw Refusal.null(name) }
    return pointer
}
