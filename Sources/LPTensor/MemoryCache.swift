import Glibc

/// Large blocks that were freed and will be wanted again a moment later: asking the system anew costs a page fault per 4 KB,
/// which for many operations is more than their arithmetic. Shared by the process, bounded, and emptied with the last
/// `Compute`.
enum MemoryCache {
    /// Smaller blocks are left to malloc.
    private static let smallest = 256 << 10
    /// Bytes kept at most.
    private static let limit = 128 << 20
    /// Blocks from this size on are mapped one by one. malloc would do the same at first, but learns from what is freed to
    /// keep blocks of up to 32 MB on its heap, where one that lives holds the memory of all that died before it: a few
    /// hundred MB in a large run.
    private static let mappedSize = 1 << 20
    private static let hugePage = 2 << 20

    private typealias Block = (memory: UnsafeMutableRawPointer, bytes: Int)
    private static let lock = Lock()
    private nonisolated(unsafe) static var blocks: [Block] = []
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
        if let memory = allocate(bytes) { return memory }
        drop()
        return allocate(bytes)
    }

    private static func allocate(_ bytes: Int) -> UnsafeMutableRawPointer? {
        if bytes >= mappedSize { return map(bytes) }
        var memory: UnsafeMutableRawPointer?
        return posix_memalign(&memory, 64, bytes) == 0 ? memory : nil
    }

    private static func map(_ bytes: Int) -> UnsafeMutableRawPointer? {
        let isHuge = bytes >= 2 * hugePage
        let (total, overflow) = bytes.addingReportingOverflow(isHuge ? hugePage : 0)
        guard !overflow else { return nil }
        let start = mmap(nil, total, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard let start, start != UnsafeMutableRawPointer(bitPattern: -1) else { return nil }
        guard isHuge else { return start }
        // Huge pages begin at multiples of their size; what lies before the first and behind the block goes back.
        let before = -Int(bitPattern: start) & (hugePage - 1)
        let memory = start + before
        if before > 0 { munmap(start, before) }
        if before < hugePage { munmap(memory + bytes, hugePage - before) }
        madvise(memory, bytes / hugePage * hugePage, MADV_HUGEPAGE)
        return memory
    }

    private static func release(_ memory: UnsafeMutableRawPointer, _ bytes: Int) {
        if bytes >= mappedSize {
            munmap(memory, bytes)
        } else {
            free(memory)
        }
    }

    static func give(_ memory: UnsafeMutableRawPointer, _ bytes: Int) {
        guard bytes >= smallest, bytes <= limit / 2 else { return release(memory, bytes) }
        let surplus = lock.holding { () -> [Block] in
            guard users > 0 else { return [(memory, bytes)] }
            blocks.append((memory, bytes))
            held += bytes
            var dropped: [Block] = []
            while held > limit, let oldest = blocks.first {
                blocks.removeFirst()
                held -= oldest.bytes
                dropped.append(oldest)
            }
            return dropped
        }
        for block in surplus { release(block.memory, block.bytes) }
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
        let all = lock.holding { () -> [Block] in
            defer {
                blocks = []
                held = 0
            }
            return blocks
        }
        for block in all { release(block.memory, block.bytes) }
    }

    /// Bytes kept at the moment.
    static var cachedBytes: Int { lock.holding { held } }
}
