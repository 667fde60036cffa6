import CLPKernels
import Glibc

/// Threads that share the indices of one job with the thread that brings it. Started with the first job, joined on deinit.
///
/// Which thread takes which index is left to chance, so a job must give the same result for any order of its indices.
final class WorkerPool: @unchecked Sendable {
    typealias Body = @Sendable (Int) throws -> Void

    let helpers: Int
    private let state = WorkerState()
    private let callers = Lock()
    private var threads: [pthread_t] = []
    private var started = false

    /// - Parameter helpers: threads beside the caller's.
    init(helpers: Int) { self.helpers = helpers }

    deinit {
        state.stop()
        for thread in threads { pthread_join(thread, nil) }
    }

    /// Runs `body` for 0 ..< count and returns when all are done, or after an error: then no further index is begun and the
    /// error of the smallest index that failed is thrown. Inside another body, and while another thread has a job here, it
    /// runs on the calling thread alone.
    func run(_ count: Int, _ body: Body) throws {
        guard count > 1, helpers > 0, !clp_inside_parallel(), callers.tryLock() else {
            for index in 0..<max(count, 0) { try body(index) }
            return
        }
        defer { callers.unlock() }
        start()
        try withoutActuallyEscaping(body) { escaping in
            try state.run(count, escaping)
        }
    }

    private func start() {
        if started { return }
        started = true
        // The host's signals are none of our threads' business.
        var all = sigset_t()
        var old = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_SETMASK, &all, &old)
        defer { pthread_sigmask(SIG_SETMASK, &old, nil) }
        for _ in 0..<helpers {
            var thread = pthread_t()
            let argument = Unmanaged.passRetained(state)
            let status = pthread_create(
                &thread, nil,
                { raw in
                    guard let raw else { return nil }
                    clp_name_thread("livephoto")
                    Unmanaged<WorkerState>.fromOpaque(raw).takeRetainedValue().work()
                    return nil
                }, argument.toOpaque())
            guard status == 0 else {
                argument.release()
                return
            }
            threads.append(thread)
        }
    }
}
