import Glibc

/// Large blocks that were freed and will be wanted again a moment later: asking the system anew costs a page fault per 4 KB,
/// which for many operations is more than their arithmetic. Shared by the process, bounded, and emptied with the last
/// `Compute`.
enum MemoryCache {
    /// Smaller blocks are left to malloc.
    private static let smallest = 256 << 10
    /// Bytes kept at most.
    private static let limit = 128 << 20
    private static let hugePage = 2 << 20

    private static let lock = Lock()
    private nonisolated(unsafe) static var blocks: [(memory: UnsafeMutableRawPointer, bytes: Int)] = []
    private nonisolated(unsafe) static var held = 0
    private nonisolated(unsafe) static var users = 0

    /// The size that a block of `bytes` really gets: coarse, so that blocks of like sizes serve each other.
    static func roundedSize(_ bytes: Int) -> Int {
        guard bytes >= smallest, bytes < Int.max / 2 else { return max(bytes, 64) }
        let granule = max(1 << (Int.bitWidth - bytes.leadingZeroBitCount - 4), 4096)
        return (bytes + granule - 1) / granule * granule
    }

    /// A block of a rounded size, 64-byte aligned, or nil when the system has none.
    static func take(_ bytes: Int) -> UnsafeMutableRawPointer? {
        if bytes >= smallest {
            let found = lock.holding { () -> UnsafeMutableRawPointer? in
                guard let index = blocks.lastIndex(where: { $0.bytes == bytes }) else { return nil }
                held -= bytes
                return blocks.remove(at: index).memory
            }
            if let found { return found }
        }
        let isHuge = bytes >= 2 * hugePage
        var memory: UnsafeMutableRawPointer?
        if posix_memalign(&memory, isHuge ? hugePage : 64, bytes) != 0 {
            drop()
            guard posix_memalign(&memory, 64, bytes) == 0 else { return nil }
        }
        if isHuge, let memory { madvise(memory, bytes / hugePage * hugePage, MADV_HUGEPAGE) }
        return memory
    }

    static func give(_ memory: UnsafeMutableRawPointer, _ bytes: Int) {
        guard bytes >= smallest, bytes <= limit / 2 else { return free(memory) }
        let surplus = lock.holding { () -> [UnsafeMutableRawPointer] in
            guard users > 0 else { return [memory] }
            blocks.append((memory, bytes))
            held += bytes
            var dropped: [UnsafeMutableRawPointer] = []
            while held > limit, let oldest = blocks.first {
                blocks.removeFirst()
                held -= oldest.bytes
                dropped.append(oldest.memory)
            }
            return dropped
        }
        for memory in surplus { free(memory) }
    }

    static func enter() { lock.holding { users += 1 } }

    static func leave() {
        if lock.holding({ () -> Bool in
            users -= 1
            return users == 0
        }) {
            drop()
        }
    }

    /// Gives everything back to the system.
    static func drop() {
        let all = lock.holding { () -> [(memory: UnsafeMutableRawPointer, bytes: Int)] in
            defer {
                blocks = []
                held = 0
            }
            return blocks
        }
        for block in all { free(block.memory) }
    }

    /// Bytes kept at the moment.
    static var cachedBytes: Int { lock.holding { held } }
}
