/// An open file of weights with what it is, and with the settings that lie beside it where a folder was named.
package struct WeightsFile {
    /// As the user named it.
    package let path: String
    package let source: any TensorSource
    package let kind: FileKind
    /// diffusers' or transformers' config.json of the network.
    let settings: JSONValue?

    /// - Throws: `WeightError` naming the file
    package init(_ path: String) throws {
        self.path = path
        source = try TensorFile.open(path)
        settings = try Self.settings(in: path)
        kind = FileKind(
            source.entries.mapValues(\.shape), positions: settings?.object?["motion_max_seq_length"]?.integer)
    }

    private static func settings(in path: String) throws -> JSONValue? {
        guard FilePath.isFolder(path) else { return nil }
        return try SettingsFile.read(FilePath.join(path, "config.json"))
    }

    /// The error for a file of another kind than its place asks for.
    /// - Parameter expected: "motion modules are expected"
    func refusal(_ expected: String) -> WeightError {
        .file(path: path, reason: "this is \(kind.description); \(expected)")
    }
}

/// JSON files that lie beside weights.
enum SettingsFile {
    /// - Returns: nil when there is no such file
    static func read(_ path: String) throws -> JSONValue? {
        guard FilePath.isFile(path) else { return nil }
        do {
            return try JSONParser.parse(
                try ReadableFile(path: path).bytes(limit: 1 << 20),
                limits: .init(bytes: 1 << 20, depth: 16, values: 1 << 16))
        } catch let error as JSONError {
            throw WeightError.format(path: path, offset: error.offset, reason: "not valid JSON: \(error.reason)")
        }
    }
}
