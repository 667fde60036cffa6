/// Opens a file of weights, whatever container it is. The container shows in the first bytes; endings are not trusted.
package enum TensorFile {
    /// - Parameters:
    ///   - path: a file (safetensors, PyTorch, an index of shards), or a folder as diffusers and transformers write it
    ///   - mappingThreshold: bytes from which a file is mapped instead of copied; nil for the usual
    /// - Throws: `WeightError` naming the file and what is wrong with it
    package static func open(_ path: String, mappingThreshold: Int? = nil) throws -> any TensorSource {
        if FilePath.isFolder(path) { return try open(try file(in: path), mappingThreshold: mappingThreshold) }
        let file = try ReadableFile(path: path)
        if path.hasSuffix(".index.json") { return try ShardedTensors(index: file, mappingThreshold: mappingThreshold) }
        let head = try file.bytes(at: 0, count: min(file.size, 16), limit: 16)
        if head.starts(with: [0x50, 0x4B, 0x03, 0x04]) {
            return try TorchFile(file, mappingThreshold: mappingThreshold)
        }
        if let reason = refusal(head) { throw WeightError.file(path: path, reason: reason) }
        return try SafetensorsFile(path: path, mappingThreshold: mappingThreshold)
    }

    /// Why a file of another kind is not read; nil if it may be safetensors.
    private static func refusal(_ head: [UInt8]) -> String? {
        if head.starts(with: [0x80, 0x02]) {
            return "a PyTorch file of before version 1.6, or a bare pickle, which is not read: load it with PyTorch "
                + "and save it again, or take a safetensors edition"
        }
        if head.starts(with: "GGUF".utf8) { return "a GGUF file, which is not read: take a safetensors edition" }
        if head.starts(with: "<!DOCTYPE".utf8) || head.starts(with: "<html".utf8) {
            return "a web page, not weights: the download has gone wrong"
        }
        if head.starts(with: "version https://".utf8.prefix(16)) {
            return "a Git LFS pointer, not the weights themselves: fetch them with git lfs pull"
        }
        return nil
    }

    /// Names that diffusers and transformers give to the weights in a folder, best first.
    private static let names: [String] = {
        let stems = ["diffusion_pytorch_model", "model", "pytorch_lora_weights", "pytorch_model"]
        let endings = [
            ".safetensors", ".safetensors.index.json", ".fp16.safetensors", ".fp16.safetensors.index.json",
            ".bin", ".bin.index.json", ".fp16.bin",
        ]
        return endings.flatMap { ending in stems.map { $0 + ending } }
    }()

    private static func file(in folder: String) throws -> String {
        guard let name = names.first(where: { FilePath.isFile(FilePath.join(folder, $0)) }) else {
            throw WeightError.file(
                path: folder, reason: "a folder without weights; a file such as '\(names[0])' is expected")
        }
        return FilePath.join(folder, name)
    }

    /// Whether a folder holds the weights of one network.
    static func isNetwork(_ folder: String) -> Bool {
        names.contains { FilePath.isFile(FilePath.join(folder, $0)) }
    }
}
