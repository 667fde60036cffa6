import Glibc

/// Text across the border.
enum Text {
    /// Longest prompt in bytes, as the header has it.
    static let longestPrompt = 16_384

    /// A text of the host.
    /// - Parameter limit: bytes that are looked at; a longer text is refused.
    /// - Throws: `Refusal.argument` for NULL, more than `limit` bytes, or bytes that are not UTF-8.
    static func input(_ pointer: UnsafePointer<CChar>?, _ name: String, limit: Int) throws -> String {
        let pointer = try required(pointer, name)
        guard strnlen(pointer, limit + 1) <= limit else {
            throw Refusal.argument("'\(name)' is longer than \(limit) bytes")
        }
        guard let text = String(validatingCString: pointer) else {
            throw Refusal.argument("'\(name)' is not valid UTF-8")
        }
        return text
    }

    /// A path of the host: not empty, at most 4 KiB, which is the system's limit.
    static func path(_ pointer: UnsafePointer<CChar>?, _ name: String = "path") throws -> String {
        let path = try input(pointer, name, limit: Int(PATH_MAX) - 1)
        guard !path.isEmpty else { throw Refusal.argument("'\(name)' is empty") }
        return path
    }

    /// Copies text with its zero byte into the caller's memory: "ask for the size, then fill".
    /// - Throws: `Refusal.argument` when there is a buffer and it is too small; nothing is written then.
    static func copy(
        _ text: String, to buffer: UnsafeMutablePointer<CChar>?, capacity: Int, size: UnsafeMutablePointer<Int>?
    ) throws {
        let bytes = Array(text.utf8)
        size?.pointee = bytes.count + 1
        guard let buffer else { return }
        guard capacity >= bytes.count + 1 else {
            throw Refusal.argument("the text needs \(bytes.count + 1) bytes, the buffer holds \(capacity)")
        }
        for (index, byte) in bytes.enumerated() { buffer[index] = CChar(bitPattern: byte) }
        buffer[bytes.count] = 0
    }
}
