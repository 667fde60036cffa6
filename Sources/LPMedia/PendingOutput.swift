import Glibc

/// A file or folder that appears whole or not at all.
///
/// It is made under a hidden name in the folder of its target and renamed at the end. When this object goes away before
/// `commit()`, whatever was made so far is removed.
final class PendingOutput {
    /// The path the user gave, for errors.
    let path: String
    /// Where to write until `commit()`.
    let hiddenPath: String
    private let target: String
    private let isFolder: Bool
    private var isCommitted = false

    private static let counter = Counter()

    /// - Throws: `MediaError.cannotWrite` where the target is no regular file (or, for a folder, no folder), or where
    ///   its parent folder is missing.
    init(path: String, isFolder: Bool = false) throws {
        guard !path.isEmpty else { throw MediaError.invalidArgument("the output path is empty") }
        guard !path.utf8.contains(0) else { throw MediaError.invalidArgument("the output path holds a NUL byte") }
        self.path = path
        self.isFolder = isFolder
        target = try Self.resolved(path, isFolder: isFolder)
        let parent = Self.parent(of: target)
        var status = stat()
        guard stat(parent, &status) == 0 else {
            throw MediaError.cannotWrite(path: path, reason: "its folder '\(parent)': \(MediaError.reason(errno))")
        }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            throw MediaError.cannotWrite(path: path, reason: "'\(parent)' is not a folder")
        }
        hiddenPath = Self.freeName(in: parent)
        if isFolder, mkdir(hiddenPath, 0o777) != 0 {
            throw MediaError.cannotWrite(path: path, reason: MediaError.reason(errno))
        }
    }

    deinit { if !isCommitted { discard() } }

    /// Gives the output its name.
    ///
    /// A file or a new folder appears in one rename. Into a folder that already exists the files are moved one by one,
    /// after all of them were written; files of other names that lie there are left alone.
    func commit(files: [String] = []) throws {
        var status = stat()
        if isFolder, stat(target, &status) == 0 {
            for file in files { try move("\(hiddenPath)/\(file)", to: "\(target)/\(file)") }
            rmdir(hiddenPath)
        } else {
            try move(hiddenPath, to: target)
        }
        isCommitted = true
        syncFolder(Self.parent(of: target))
    }

    private func move(_ source: String, to destination: String) throws {
        guard rename(source, destination) == 0 else {
            throw MediaError.cannotWrite(path: path, reason: MediaError.reason(errno))
        }
    }

    private func discard() {
        if isFolder {
            if let folder = opendir(hiddenPath) {
                while let entry = readdir(folder) {
                    let name = withUnsafePointer(to: &entry.pointee.d_name) { field in
                        field.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                    }
                    if name != ".", name != ".." { unlink("\(hiddenPath)/\(name)") }
                }
                closedir(folder)
            }
            rmdir(hiddenPath)
        } else {
            unlink(hiddenPath)
        }
    }

    /// Makes the rename itself durable; a file system that cannot do it loses nothing else.
    private func syncFolder(_ folder: String) {
        let file = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard file >= 0 else { return }
        fsync(file)
        close(file)
    }

    /// A hidden name that nothing bears, not even a leftover of a process that was killed.
    private static func freeName(in folder: String) -> String {
        var status = stat()
        while true {
            let name = "\(folder)/.livephoto-\(getpid())-\(counter.next()).tmp"
            if lstat(name, &status) != 0 { return name }
        }
    }

    /// The target without trailing slashes, links followed, checked for its kind.
    private static func resolved(_ path: String, isFolder: Bool) throws -> String {
        var name = path
        while name.count > 1, name.hasSuffix("/") { name.removeLast() }
        var status = stat()
        guard stat(name, &status) == 0 else {
            guard errno == ENOENT else { throw MediaError.cannotWrite(path: path, reason: MediaError.reason(errno)) }
            return name
        }
        let kind = status.st_mode & S_IFMT
        guard kind == (isFolder ? S_IFDIR : S_IFREG) else {
            let found = kind == S_IFREG ? "a file" : FileBytes.kind(status.st_mode)
            throw MediaError.cannotWrite(
                path: path, reason: "it is \(found), expected \(isFolder ? "a folder" : "a file or nothing")")
        }
        guard let real = realpath(name, nil) else { return name }
        defer { free(real) }
        return String(cString: real)
    }

    private static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// Numbers that no other output of this process has.
    private final class Counter: @unchecked Sendable {
        private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
        private var value = 0

        init() {
            mutex.initialize(to: pthread_mutex_t())
            pthread_mutex_init(mutex, nil)
        }

        func next() -> Int {
            pthread_mutex_lock(mutex)
            defer { pthread_mutex_unlock(mutex) }
            value += 1
            return value
        }
    }
}
