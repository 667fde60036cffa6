import CLPKernels

/// Stops a computation from any thread. The running operation throws `TensorError.cancelled` after the chunk at hand.
package final class CancellationFlag: @unchecked Sendable {
    private let counter: OpaquePointer?

    package init() { counter = clp_counter_create() }
    deinit { clp_counter_free(counter) }

    package func cancel() { if let counter { clp_counter_store(counter, 1) } }
    package func reset() { if let counter { clp_counter_store(counter, 0) } }
    package var isCancelled: Bool { counter.map { clp_counter_load($0) != 0 } ?? false }
}
