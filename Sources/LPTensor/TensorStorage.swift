/// A block of floats on the heap, 64-byte aligned, freed with its last owner.
final class TensorStorage {
    let pointer: UnsafeMutablePointer<Float>
    /// Set when the memory is somebody else's (a mapped file): keeps it alive, and it is not freed here.
    private let owner: AnyObject?
    /// Bytes of our own block.
    private let size: Int

    /// - Throws: `TensorError.outOfMemory`.
    init(count: Int) throws {
        let (bytes, overflow) = count.multipliedReportingOverflow(by: MemoryLayout<Float>.stride)
        guard !overflow, bytes <= Int.max - 4096 else { throw TensorError.outOfMemory(bytes: Int.max) }
        size = MemoryCache.roundedSize(bytes)
        guard let memory = MemoryCache.take(size) else { throw TensorError.outOfMemory(bytes: bytes) }
        pointer = memory.bindMemory(to: Float.self, capacity: max(count, 16))
        owner = nil
    }

    /// Borrowed, read-only memory.
    init(borrowed pointer: UnsafeRawPointer, owner: AnyObject) {
        self.pointer = UnsafeMutablePointer(mutating: pointer.assumingMemoryBound(to: Float.self))
        self.owner = owner
        size = 0
    }

    deinit {
        if owner == nil { MemoryCache.give(UnsafeMutableRawPointer(pointer), size) }
    }
}
