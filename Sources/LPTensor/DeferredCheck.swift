/// Something to be found out once, by whoever first needs to know.
///
/// The weights of a large model are checked when they are used, so that opening the model does not have to read them all.
package final class DeferredCheck: @unchecked Sendable {
    private let lock = Lock()
    private var isDone = false
    private let body: @Sendable () throws -> Void

    package init(_ body: @escaping @Sendable () throws -> Void) { self.body = body }

    /// - Throws: what `body` throws, each time again.
    package func run() throws {
        try lock.holding {
            if isDone { return }
            try body()
            isDone = true
        }
    }
}
