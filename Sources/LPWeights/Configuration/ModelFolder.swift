import Glibc

/// The files of a model, by role. Nothing is read but config.json; every other file is only looked for.
package struct ModelFolder: Sendable, ModelParts {
    package enum File: String, CaseIterable, Sendable {
        case configuration = "config.json"
        case vocabulary = "vocab.json"
        case merges = "merges.txt"
        case textEncoder = "text_encoder.safetensors"
        case textReweighting = "text_reweighting.safetensors"
        case contentEncoder = "content_encoder.safetensors"
        case vae = "vae.safetensors"
        case unet = "unet.safetensors"
        case tinyAutoencoder = "taesd.safetensors"
    }

    package let path: String
    package let configuration: ModelConfiguration
    /// config.json as it is.
    let document: JSONValue

    /// Reads config.json and makes sure that every file it calls for can be opened and is not empty.
    /// - Throws: `WeightError` naming the path or the setting.
    package init(path: String) throws {
        guard !path.isEmpty, !path.utf8.contains(0) else {
            throw WeightError.file(path: path, reason: "not a folder name")
        }
        var status = stat()
        guard stat(path, &status) == 0 else {
            let code = errno
            throw WeightError.file(
                path: path, reason: code == ENOENT ? "no such folder" : ReadableFile.reason(of: code))
        }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            throw WeightError.file(path: path, reason: "not a folder; a model is a folder with a config.json")
        }
        self.path = path
        let file = try ReadableFile(path: FilePath.join(path, File.configuration.rawValue))
        document = try ModelConfiguration.document(json: try file.bytes(limit: 1 << 20), path: file.path)
        configuration = try ModelConfiguration(document)
        for file in files { _ = try ReadableFile(path: self.path(of: file)) }
    }

    /// The files that this model's configuration calls for.
    package var files: [File] {
        File.allCases.filter {
            switch $0 {
            case .textReweighting: configuration.textReweighting != nil
            case .contentEncoder: configuration.contentEncoder != nil
            // Optional: its presence is enough.
            case .tinyAutoencoder: access(path(of: .tinyAutoencoder), F_OK) == 0
            default: true
            }
        }
    }

    package func path(of file: File) -> String { FilePath.join(path, file.rawValue) }

    package func store(_ file: File) throws -> WeightStore { try WeightStore(path: path(of: file)) }

    package func bytes(of file: File, limit: Int) throws -> [UInt8] {
        try ReadableFile(path: path(of: file)).bytes(limit: limit)
    }
}
