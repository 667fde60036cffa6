import CLPKernels

/// Threads, work memory, cancellation and counters of one pipeline. Many may live at once.
///
/// A computation serves one calling thread at a time; a second one gets correct results, without helpers. The operations are
/// in `Kernels/`; each gives the same bytes for any number of threads, because work is cut by shape alone.
package final class Compute: @unchecked Sendable {
    package let threads: Int
    package let cancellation: CancellationFlag
    let scratch = ScratchPool()
    private let pool: WorkerPool
    private let flops = clp_counter_create()
    private let nanoseconds = clp_counter_create()
    private let products = clp_counter_create()

    /// - Parameter threads: 1 to 64, others are clamped; 0 is the number of physical cores this process may use.
    /// - Parameter cancellation: a flag that outlives this computation, when its owner changes the number of threads
    package init(threads: Int, cancellation: CancellationFlag = CancellationFlag()) {
        self.cancellation = cancellation
        let wanted = threads == 0 ? Int(clp_physical_cores()) : threads
        self.threads = min(max(wanted, 1), 64)
        pool = WorkerPool(helpers: self.threads - 1)
        MemoryCache.enter()
    }

    deinit {
        clp_counter_free(flops)
        clp_counter_free(nanoseconds)
        clp_counter_free(products)
        scratch.drop()
        MemoryCache.leave()
    }

    package func checkCancelled() throws {
        if cancellation.isCancelled { throw TensorError.cancelled }
    }

    /// Runs `body` for 0 ..< count on the threads of this computation, and looks for cancellation before each.
    ///
    /// - Throws: the error of the smallest index that failed; `TensorError.cancelled`.
    /// - Note: Inside a body it runs on that body's thread.
    package func parallel(_ count: Int, _ body: @Sendable (Int) throws -> Void) throws {
        let flag = cancellation
        if count <= 0 { return try checkCancelled() }
        try pool.run(count) { index in
            if flag.isCancelled { throw TensorError.cancelled }
            try body(index)
        }
    }

    /// `parallel` over runs of `step` of the rows 0 ..< count; the last run may be shorter.
    func parallelRuns(_ count: Int, step: Int, _ body: @Sendable (Range<Int>) throws -> Void) throws {
        let step = max(step, 1)
        guard count > 0 else { return try checkCancelled() }
        try parallel((count - 1) / step + 1) { index in
            let first = index * step
            try body(first..<min(first + step, count))
        }
    }

    package var statistics: ComputeStatistics {
        guard let flops, let nanoseconds, let products else {
            return ComputeStatistics(flops: 0, seconds: 0, products: 0)
        }
        return ComputeStatistics(
            flops: Double(clp_counter_load(flops)), seconds: Double(clp_counter_load(nanoseconds)) * 1e-9,
            products: Int(clp_counter_load(products)))
    }

    package func resetStatistics() {
        for case let counter? in [flops, nanoseconds, products] { clp_counter_store(counter, 0) }
    }

    /// Runs matrix products: BLAS on one thread per chunk, time and operations counted.
    func counted(flops amount: Double, _ body: () throws -> Void) throws {
        try checkCancelled()
        BLAS.enter()
        defer { BLAS.leave() }
        let start = Clock.nanoseconds
        defer {
            if let flops, let nanoseconds, let products {
                clp_counter_add(flops, Int64(min(amount, 9e18)))
                clp_counter_add(nanoseconds, Clock.nanoseconds - start)
                clp_counter_add(products, 1)
            }
        }
        try body()
    }
}
