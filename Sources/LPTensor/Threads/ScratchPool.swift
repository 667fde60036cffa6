/// Work memory that chunks borrow and give back, so that a hot loop does not ask the system for fresh pages.
final class ScratchPool: @unchecked Sendable {
    private let lock = Lock()
    private var idle: [(storage: TensorStorage, count: Int)] = []

    /// Lends at least `count` floats, 64-byte aligned, contents unspecified, for the time of `body`.
    func lend(_ count: Int, _ body: (UnsafeMutablePointer<Float>) throws -> Void) throws {
        let found = lock.holding { () -> (storage: TensorStorage, count: Int)? in
            guard let last = idle.popLast() else { return nil }
            return last.count >= count ? last : nil
        }
        let block = try found ?? (storage: TensorStorage(count: count), count: count)
        defer { lock.holding { idle.append(block) } }
        try body(block.storage.pointer)
    }

    /// Frees what is not lent at the moment.
    func drop() { lock.holding { idle.removeAll() } }
}
