import Glibc

/// Bytes from malloc: running out of memory is an error here, where Swift's own arrays would trap.
package final class PixelBuffer: @unchecked Sendable {
    package let count: Int
    package let pointer: UnsafeMutablePointer<UInt8>

    /// - Parameter count: bytes, 0 or more. The content is undefined unless `zeroed`.
    /// - Throws: `MediaError.outOfMemory`, `.invalidArgument` for a negative count.
    package init(count: Int, zeroed: Bool = false) throws {
        guard count >= 0 else { throw MediaError.invalidArgument("a buffer of \(count) bytes was asked for") }
        let size = max(count, 1)
        guard let memory = zeroed ? calloc(size, 1) : malloc(size) else {
            throw MediaError.outOfMemory(bytes: count)
        }
        self.count = count
        pointer = memory.bindMemory(to: UInt8.self, capacity: size)
    }

    deinit { free(pointer) }

    /// Calls `body` with the memory as elements of a trivial type; the buffer lives at least as long.
    func withElements<Element, Result>(
        of type: Element.Type, _ body: (UnsafeMutablePointer<Element>) throws -> Result
    ) rethrows -> Result {
        try withExtendedLifetime(self) {
            try pointer.withMemoryRebound(to: type, capacity: count / MemoryLayout<Element>.stride, body)
        }
    }

    /// A copy in a Swift array, for small buffers.
    var array: [UInt8] { withExtendedLifetime(self) { Array(bytes) } }

    /// Valid while the buffer lives: hold on to it with `withExtendedLifetime`.
    package var bytes: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: pointer, count: count) }
}
