import Glibc

/// Why pixels could not be read, fitted, measured or written. `description` is one sentence for a user: it names the
/// file, what was expected and what was found.
package enum MediaError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The file system refused to open or read `path`.
    case cannotOpen(path: String, reason: String)
    /// `path` exists but is a folder, a device or the like.
    case notAFile(path: String, found: String)
    /// The file has no bytes.
    case emptyFile(path: String)
    /// The content is of a kind that is not read, or the ending one that is not written.
    case unsupportedFormat(path: String, reason: String)
    /// The content is truncated or broken.
    case damaged(path: String, format: String, reason: String)
    /// The size lies outside the limits; nothing of that size was allocated.
    case badSize(path: String, width: Int, height: Int, reason: String)
    /// An argument of a call is outside its range.
    case invalidArgument(String)
    /// An allocation failed.
    case outOfMemory(bytes: Int)
    /// The system's FFmpeg lacks the encoder, or the encoder refused the clip.
    case encodingFailed(path: String, reason: String)
    /// The file system refused to create or write `path`. Nothing was left behind.
    case cannotWrite(path: String, reason: String)
    /// The caller's cancel closure returned true. Nothing was left behind.
    case cancelled

    package var description: String {
        switch self {
        case .cannotOpen(let path, let reason): return "cannot open '\(path)': \(reason)"
        case .notAFile(let path, let found): return "'\(path)' is \(found), expected a file"
        case .emptyFile(let path): return "'\(path)' is empty (0 bytes)"
        case .unsupportedFormat(let path, let reason): return "'\(path)': \(reason)"
        case .damaged(let path, let format, let reason): return "'\(path)' is a damaged \(format) file: \(reason)"
        case .badSize(let path, let width, let height, let reason):
            return "'\(path)' is \(width)x\(height) pixels: \(reason)"
        case .invalidArgument(let reason): return reason
        case .outOfMemory(let bytes): return "out of memory: \(bytes) bytes could not be allocated"
        case .encodingFailed(let path, let reason): return "cannot encode '\(path)': \(reason)"
        case .cannotWrite(let path, let reason): return "cannot write '\(path)': \(reason)"
        case .cancelled: return "cancelled"
        }
    }

    /// The system's sentence for an `errno` value.
    static func reason(_ code: Int32) -> String {
        guard let text = strerror(code) else { return "error \(code)" }
        return String(cString: text)
    }
}
