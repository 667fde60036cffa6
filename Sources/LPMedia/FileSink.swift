import Glibc

/// A file being written, unbuffered. Closed when it goes away.
final class FileSink {
    private var file: Int32
    private let path: String
    private(set) var byteCount = 0

    /// Creates `hiddenPath`, which must not exist. Errors name `path`, the one the user gave.
    init(creating hiddenPath: String, path: String) throws {
        self.path = path
        file = open(hiddenPath, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard file >= 0 else { throw MediaError.cannotWrite(path: path, reason: MediaError.reason(errno)) }
    }

    deinit { if file >= 0 { close(file) } }

    func write(_ bytes: UnsafeBufferPointer<UInt8>) throws {
        guard let base = bytes.baseAddress else { return }
        var done = 0
        while done < bytes.count {
            let count = Glibc.write(file, base + done, bytes.count - done)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else {
                throw MediaError.cannotWrite(path: path, reason: MediaError.reason(count < 0 ? errno : ENOSPC))
            }
            done += count
        }
        byteCount += done
    }

    func write(_ bytes: [UInt8]) throws { try bytes.withUnsafeBufferPointer { try write($0) } }

    /// Waits until the bytes are on the disk, then closes.
    func finish() throws {
        let synced = fsync(file)
        let code = errno
        let closed = close(file)
        file = -1
        // Some file systems cannot sync; that is no loss of data.
        guard synced == 0 || code == EINVAL || code == ENOSYS, closed == 0 else {
            throw MediaError.cannotWrite(path: path, reason: MediaError.reason(synced == 0 ? errno : code))
        }
    }
}
