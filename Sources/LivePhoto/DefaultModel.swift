import CLivePhoto
import Glibc

/// Where the shipped model is.
enum DefaultModel {
    static let name = "livephoto-mini"

    /// The folder that stands for a NULL path, in the order that livephoto_model_load() documents.
    /// - Throws: `LIVEPHOTO_ERROR_MODEL_NOT_FOUND` with the places that were looked at.
    static func folder() throws -> String {
        if let wish = getenv("LIVEPHOTO_MODEL"), wish[0] != 0 {
            guard let path = String(validatingCString: wish) else {
                throw Refusal.argument("the environment variable LIVEPHOTO_MODEL is not valid UTF-8")
            }
            return path
        }
        guard let folder = libraryFolder() else {
            throw Refusal(
                status: LIVEPHOTO_ERROR_MODEL_NOT_FOUND,
                message: "no default model: LIVEPHOTO_MODEL is not set and the library's folder is unknown")
        }
        if let found = places(from: folder).first(where: { access($0 + "/config.json", F_OK) == 0 }) { return found }
        throw Refusal(
            status: LIVEPHOTO_ERROR_MODEL_NOT_FOUND,
            message: "no default model: LIVEPHOTO_MODEL is not set, and there is no '\(name)' in \(folder), "
                + "its 'models', its '../share/livephoto/models', or a 'Models' folder above it")
    }

    /// Beside the library or the command, where `make install` puts it, and up through a source tree.
    static func places(from folder: String) -> [String] {
        let parent = folder.lastIndex(of: "/").map { folder[..<$0] } ?? ""
        var places = ["\(folder)/\(name)", "\(folder)/models/\(name)", "\(parent)/share/livephoto/models/\(name)"]
        var ancestor = Substring(folder)
        while let slash = ancestor.lastIndex(of: "/") {
            places.append("\(ancestor)/Models/\(name)")
            ancestor = ancestor[..<slash]
        }
        return places
    }

    /// The folder of the file that this code was loaded from: liblivephoto.so, or a program that holds it. The system's
    /// list of mappings tells; the loader knows a program only by the name it was called with.
    private static func libraryFolder() -> String? {
        let entry = livephoto_abi_version as @convention(c) () -> UInt32
        let address = UInt(bitPattern: unsafeBitCast(entry, to: UnsafeRawPointer.self))
        guard let file = fopen("/proc/self/maps", "re") else { return nil }
        defer { fclose(file) }
        var line: UnsafeMutablePointer<CChar>?
        var capacity = 0
        defer { free(line) }
        while getline(&line, &capacity, file) > 0, let text = line {
            guard let path = mappedFile(String(cString: text), holding: address) else { continue }
            return path.lastIndex(of: "/").map { String(path[..<$0]) }
        }
        return nil
    }

    /// The file of a line "from-to mode offset device inode    /path" if the address lies in it.
    private static func mappedFile(_ line: String, holding address: UInt) -> String? {
        let range = line.prefix { $0 != " " }.split(separator: "-")
        guard range.count == 2, let from = UInt(range[0], radix: 16), let to = UInt(range[1], radix: 16),
            (from..<max(from, to)).contains(address), let slash = line.firstIndex(of: "/")
        else { return nil }
        return String(line[slash...].prefix { $0 != "\n" })
    }
}
