import Glibc

/// An open regular file, read at explicit offsets. Errors name the path. Closed when the last reference goes.
///
/// A file that shrinks while it is read gives an error, never a signal: bytes come through `pread`, not a mapping.
package final class ReadableFile {
    package let path: String
    package let size: Int
    let descriptor: Int32

    /// - Throws: `WeightError.file` when there is nothing at `path`, when it is not a regular file or cannot be read.
    package init(path: String) throws {
        guard !path.isEmpty, !path.utf8.contains(0) else {
            throw WeightError.file(path: path, reason: "not a file name")
        }
        // Without O_NONBLOCK, opening a pipe would wait for its writer.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw WeightError.file(path: path, reason: Self.reason(of: errno))
        }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            let code = errno
            close(descriptor)
            throw WeightError.file(path: path, reason: Self.reason(of: code))
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            let isFolder = status.st_mode & S_IFMT == S_IFDIR
            throw WeightError.file(path: path, reason: isFolder ? "a folder where a file is due" : "not a regular file")
        }
        guard let size = Int(exactly: status.st_size), size > 0 else {
            close(descriptor)
            throw WeightError.file(path: path, reason: "the file is empty")
        }
        self.path = path
        self.size = size
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    static func reason(of code: Int32) -> String {
        switch code {
        case ENOENT: "no such file"
        case ENOTDIR: "no such file (a part of the path is not a folder)"
        case EACCES, EPERM: "permission denied"
        case ENAMETOOLONG: "the file name is too long"
        case ELOOP: "too many symbolic links"
        case EMFILE, ENFILE: "too many open files"
        case EIO: "the disk reports a read error"
        default: "cannot be read (system error \(code))"
        }
    }

    /// Fills `target` with the bytes at `offset`.
    package func read(into target: UnsafeMutableRawBufferPointer, at offset: Int) throws {
        guard let base = target.baseAddress else { return }
        var done = 0
        while done < target.count {
            let count = pread(descriptor, base + done, target.count - done, off_t(offset + done))
            if count < 0 {
                let code = errno
                if code == EINTR { continue }
                throw WeightError.file(path: path, reason: Self.reason(of: code))
            }
            guard count > 0 else {
                throw WeightError.format(path: path, offset: offset + done, reason: "the file ends too early")
            }
            done += count
        }
    }

    /// The whole file, which must not be larger than `limit` bytes.
    package func bytes(limit: Int) throws -> [UInt8] {
        guard size <= limit else {
            throw WeightError.file(path: path, reason: "larger than \(limit) bytes")
        }
        return try bytes(at: 0, count: size, limit: limit)
    }

    /// A piece of the file, of at most `limit` bytes.
    func bytes(at offset: Int, count: Int, limit: Int) throws -> [UInt8] {
        guard count >= 0, count <= limit else {
            throw WeightError.format(path: path, offset: offset, reason: "a piece of more than \(limit) bytes")
        }
        return try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            try read(into: UnsafeMutableRawBufferPointer(buffer), at: offset)
            filled = buffer.count
        }
    }
}
