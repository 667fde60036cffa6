import Glibc
import LPTensor

/// Makes a model folder (Models/FORMAT.md) out of a model's parts. The folder is built beside its place under a hidden
/// name, and gets its own name when it is complete.
package final class FolderWriter {
    /// Where the folder is being built.
    package let work: String
    private let target: String
    private var isDone = false

    /// - Throws: `FolderError` when there is something of that name already, or nothing can be made there
    package init(target path: String) throws {
        guard !path.isEmpty, !path.utf8.contains(0) else { throw FolderError("'\(path)' is no name for a folder") }
        var trimmed = Substring(path)
        while trimmed.hasSuffix("/"), trimmed.count > 1 { trimmed.removeLast() }
        target = String(trimmed)
        var status = stat()
        if lstat(target, &status) == 0, isOccupied(target) {
            throw FolderError("cannot write '\(target)': there is something of that name already")
        }
        let pattern = FilePath.join(FilePath.parent(of: target), ".\(FilePath.name(of: target)).XXXXXX")
        var bytes = Array(pattern.utf8CString)
        guard mkdtemp(&bytes) != nil,
            let made = String(validating: bytes.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        else { throw FolderError(target, code: errno) }
        work = made
        chmod(work, 0o755)
    }

    deinit {
        if !isDone { removeAll() }
    }

    private func removeAll() {
        for file in ModelFolder.File.allCases { unlink(FilePath.join(work, file.rawValue)) }
        rmdir(work)
    }

    /// - Parameters:
    ///   - progress: called with 0...1; throws to stop
    /// - Throws: `WeightError`, `FolderError`
    package func write(
        _ parts: some ModelParts, precision: Parameter.Precision, progress: (Double) throws -> Void
    ) throws {
        let stores = try parts.networks.map { ($0, try parts.store($0)) }
        let networks = try stores.map { file, store in
            (file, try store.names.map { (name: $0, tensor: try store.stored($0)) })
        }
        let total = networks.reduce(0) { $0 + SafetensorsWriter.byteCount($1.1.map(\.tensor), precision) }
        var done = 0
        for (file, tensors) in networks {
            let writer = SafetensorsWriter(path: FilePath.join(work, file.rawValue), precision: precision)
            try writer.write(tensors) { count in
                done += count
                try progress(Double(done) / Double(max(total, 1)))
            }
        }
        for file in parts.files where !file.isNetwork {
            let output = try OutputFile(FilePath.join(work, file.rawValue))
            try output.write(try parts.bytes(of: file))
            try output.finish()
        }
    }

    /// Gives the folder its name.
    package func finish() throws {
        guard rename(work, target) == 0 else { throw FolderError(target, code: errno) }
        isDone = true
    }
}

/// Whether a path is something else than an empty folder.
private func isOccupied(_ path: String) -> Bool {
    guard let folder = opendir(path) else { return true }
    defer { closedir(folder) }
    while let entry = readdir(folder) {
        let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
            bytes.bindMemory(to: CChar.self).baseAddress.map { String(cString: $0) } ?? ""
        }
        if name != ".", name != ".." { return true }
    }
    return false
}
