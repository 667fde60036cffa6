import CLivePhoto
import Glibc
import LPTensor
import Synchronization

/// What a pipeline handle stands for. It lets one thread in at a time and outlives the call that is under way when the
/// handle is freed.
final class PipelineBox: @unchecked Sendable {
    /// Who may enter while a call of the same thread is under way, that is, inside a callback.
    enum Access { case exclusive, alsoInCallbacks }

    let messages = MessageBoard()
    let process = getpid()
    /// What `livephoto_pipeline_state` answers, without entering.
    let state = Atomic<UInt32>(LIVEPHOTO_STATE_CONFIGURED.rawValue)

    private let made: Result<PipelineSession, Refusal>
    private let cancellation: CancellationFlag?
    private let monitor = Lock()
    private var owner: pthread_t?
    private var freed = false

    init(_ made: Result<PipelineSession, Refusal>) {
        self.made = made
        cancellation = (try? made.get())?.engine.cancellation
        if cancellation == nil { state.store(LIVEPHOTO_STATE_NONE.rawValue, ordering: .sequentiallyConsistent) }
    }

    /// Runs `body` as the only call on this pipeline.
    /// - Throws: `Refusal.state` when another thread, or an outer call of this thread, is inside; what `body` throws.
    func enter(_ access: Access, _ body: (PipelineSession) throws -> Void) throws {
        guard process == getpid() else {
            throw Refusal.state("this pipeline was made before fork(); make a new one in the child process")
        }
        let session: PipelineSession
        do {
            session = try made.get()
        } catch {
            throw Refusal.argument("the pipeline was not made: \(error.message)")
        }
        let isOutermost = try claim(access)
        defer {
            state.store(session.state.rawValue, ordering: .sequentiallyConsistent)
            if isOutermost { release() }
        }
        try body(session)
        if isFreed { throw Refusal.cancelled }
    }

    /// Whether the handle is gone while a call is still under way.
    var isFreed: Bool { monitor.holding { freed } }

    /// Publishes the state in the middle of a call, before a callback.
    func publish(_ session: PipelineSession) {
        state.store(session.state.rawValue, ordering: .sequentiallyConsistent)
    }

    /// - Returns: false for a call inside a callback of this thread.
    private func claim(_ access: Access) throws -> Bool {
        try monitor.holding {
            if freed { throw Refusal.argument("the pipeline was freed") }
            guard let owner else {
                self.owner = pthread_self()
                return true
            }
            guard pthread_equal(owner, pthread_self()) != 0 else {
                throw Refusal.state("the pipeline is in use by another thread")
            }
            guard access == .alsoInCallbacks else {
                throw Refusal.state("this function cannot be called in a callback of the same pipeline")
            }
            return false
        }
    }

    private func release() {
        monitor.holding {
            owner = nil
            monitor.wakeAll()
        }
    }

    /// Makes the step under way stop. Any thread; takes no lock.
    func cancel() { cancellation?.cancel() }

    /// Ends the box's life after its handle has left the table: cancels the call of another thread and waits for it.
    /// A call of this thread, that is, a free inside a callback, goes on to its end and finds itself cancelled.
    func close() {
        guard process == getpid() else {
            // The threads of the parent do not exist here; taking the engine apart would wait for them.
            _ = Unmanaged.passRetained(self)
            return
        }
        monitor.holding {
            freed = true
            while let owner {
                cancel()
                if pthread_equal(owner, pthread_self()) != 0 { return }
                monitor.wait()
            }
        }
    }

    /// Finds a live pipeline handle.
    static func find(_ handle: OpaquePointer?) -> PipelineBox? {
        HandleTable.shared.box(handle, kind: .pipeline, as: PipelineBox.self)
    }
}
