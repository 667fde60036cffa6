import Glibc

/// Finds out before the work whether its result can be written.
enum OutputPath {
    /// - Throws: exit code 64 for an ending that no writer serves, 73 for a folder that is missing or not writable
    static func check(_ path: String) throws {
        let isFolder = path.hasSuffix("/")
        var status = stat()
        let exists = stat(path, &status) == 0
        let existsAsFolder = exists && status.st_mode & S_IFMT == S_IFDIR
        if exists, existsAsFolder != isFolder {
            let found = existsAsFolder ? "a folder; end the path with / to fill it" : "not a folder"
            throw Failure(message: "cannot create '\(path)': it is \(found)", exitCode: 73)
        }
        let endings = ["mp4", "webm", "gif", "webp", "png"]
        let ending = path.split(separator: "/").last.map { $0.split(separator: ".").last.map(String.init) ?? "" } ?? ""
        guard isFolder || endings.contains(ending.lowercased()) else {
            throw Failure(
                message:
                    "the ending of '\(path)' is not known, expected .mp4, .webm, .gif, .webp, .png or a folder's /",
                exitCode: 64)
        }
        let parent = parent(of: path)
        guard access(parent, W_OK | X_OK) == 0 else {
            throw Failure(
                message: "cannot create '\(path)': \(parent): \(String(cString: strerror(errno)))", exitCode: 73)
        }
    }

    /// The folder that a path lies in.
    private static func parent(of path: String) -> String {
        var path = Substring(path)
        while path.hasSuffix("/"), path.count > 1 { path.removeLast() }
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}
