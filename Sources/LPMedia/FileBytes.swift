import Glibc

/// Whole files in memory.
enum FileBytes {
    /// The largest file that is read whole.
    static let largest = 1 << 30

    /// Reads `path`, which must be a regular file of 1 byte to 1 GiB.
    /// - Throws: `MediaError.cannotOpen`, `.notAFile`, `.emptyFile`, `.unsupportedFormat` (too long), `.outOfMemory`.
    static func read(_ path: String) throws -> PixelBuffer {
        // Asked before opening: opening a pipe would wait for its other end.
        _ = try regularFileSize(path)
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw MediaError.cannotOpen(path: path, reason: MediaError.reason(errno)) }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0 else {
            throw MediaError.cannotOpen(path: path, reason: MediaError.reason(errno))
        }
        let size = try checkedSize(status, path: path)
        let buffer = try PixelBuffer(count: size)
        var done = 0
        while done < size {
            let count = Glibc.read(file, buffer.pointer + done, size - done)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else {
                let reason = count < 0 ? MediaError.reason(errno) : "it became shorter while it was read"
                throw MediaError.cannotOpen(path: path, reason: reason)
            }
            done += count
        }
        return buffer
    }

    /// The first bytes of a file, at most `count`, for telling its kind.
    static func head(_ path: String, count: Int) throws -> [UInt8] {
        _ = try regularFileSize(path)
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw MediaError.cannotOpen(path: path, reason: MediaError.reason(errno)) }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: count)
        let got = Glibc.read(file, &bytes, count)
        guard got >= 0 else { throw MediaError.cannotOpen(path: path, reason: MediaError.reason(errno)) }
        return Array(bytes.prefix(got))
    }

    /// The size of a regular, non-empty file.
    static func regularFileSize(_ path: String) throws -> Int {
        guard !path.isEmpty else { throw MediaError.invalidArgument("the path is empty") }
        guard !path.utf8.contains(0) else { throw MediaError.invalidArgument("the path holds a NUL byte") }
        var status = stat()
        guard stat(path, &status) == 0 else {
            throw MediaError.cannotOpen(path: path, reason: MediaError.reason(errno))
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw MediaError.notAFile(path: path, found: kind(status.st_mode))
        }
        guard status.st_size > 0 else { throw MediaError.emptyFile(path: path) }
        return status.st_size
    }

    /// What a path that is no regular file is, in words.
    static func kind(_ mode: mode_t) -> String {
        switch mode & S_IFMT {
        case S_IFDIR: return "a folder"
        case S_IFIFO: return "a pipe"
        case S_IFSOCK: return "a socket"
        case S_IFCHR, S_IFBLK: return "a device"
        default: return "not a regular file"
        }
    }

    private static func checkedSize(_ status: stat, path: String) throws -> Int {
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw MediaError.notAFile(path: path, found: kind(status.st_mode))
        }
        guard status.st_size > 0 else { throw MediaError.emptyFile(path: path) }
        guard status.st_size <= largest else {
            throw MediaError.unsupportedFormat(
                path: path, reason: "\(status.st_size) bytes is too long for an image, the limit is \(largest)")
        }
        return status.st_size
    }
}
