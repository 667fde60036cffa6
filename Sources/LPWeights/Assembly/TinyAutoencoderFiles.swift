/// TAESD: one file of both halves, one of a half, or a folder with the two halves of the original.
package enum TinyAutoencoderFiles {
    /// The weights under diffusers' names.
    package static func store(_ path: String) throws -> WeightStore { try network(path).store }

    static func network(_ path: String) throws -> NetworkTensors {
        let halves = ["taesd_encoder", "taesd_decoder"]
        let names = [".safetensors", ".pth"].map { ending in halves.map { FilePath.join(path, $0 + ending) } }
        let files = FilePath.isFolder(path) ? names.first { $0.allSatisfy(FilePath.isFile) } : nil
        var network = NetworkTensors(path: path)
        for part in files ?? [path] {
            let file = try WeightsFile(part)
            guard case .tinyAutoencoder = file.kind else {
                throw file.refusal("a tiny autoencoder (TAESD) is expected")
            }
            network.add(try .tinyAutoencoder(file.source))
        }
        return network
    }
}
