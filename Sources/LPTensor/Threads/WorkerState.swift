import CLPKernels

/// What the threads of a pool share: the job at hand and who works on it.
final class WorkerState: @unchecked Sendable {
    private let lock = Lock()
    private let next = clp_counter_create()
    // All under `lock`.
    private var body: WorkerPool.Body?
    private var count = 0
    private var generation = 0
    private var active = 0
    private var stopping = false
    private var failure: (index: Int, error: any Error)?

    deinit { clp_counter_free(next) }

    func stop() {
        lock.holding {
            stopping = true
            lock.wakeAll()
        }
    }

    /// The caller's side of a job. One caller at a time.
    func run(_ count: Int, _ body: @escaping WorkerPool.Body) throws {
        guard let next else { throw TensorError.outOfMemory(bytes: 64) }
        lock.holding {
            clp_counter_store(next, 0)
            self.body = body
            self.count = count
            generation += 1
            lock.wakeAll()
        }
        take(count, body, next)
        let failure = lock.holding {
            self.body = nil
            while active > 0 { lock.wait() }
            defer { self.failure = nil }
            return self.failure
        }
        if let failure { throw failure.error }
    }

    /// A helper's life: waits for jobs until told to stop.
    func work() {
        guard let next else { return }
        var seen = 0
        lock.lock()
        while !stopping {
            guard generation != seen, let body else {
                lock.wait()
                continue
            }
            seen = generation
            let count = count
            active += 1
            lock.unlock()
            take(count, body, next)
            lock.lock()
            active -= 1
            if active == 0 { lock.wakeAll() }
        }
        lock.unlock()
    }

    private func take(_ count: Int, _ body: WorkerPool.Body, _ next: OpaquePointer) {
        clp_set_inside_parallel(true)
        defer { clp_set_inside_parallel(false) }
        while true {
            let index = Int(clp_counter_add(next, 1))
            guard index < count else { return }
            do {
                try body(index)
            } catch {
                clp_counter_store(next, Int64(count))
                lock.holding {
                    if let failure, failure.index < index { return }
                    failure = (index, error)
                }
            }
        }
    }
}
