import LPTensor

/// One network in several files, with an index that says which tensor is in which.
///
/// The index is JSON, `{"weight_map": {"conv_in.weight": "model-00001-of-00002.safetensors", ...}}`; the files lie beside it.
/// Index and files must agree: a tensor that is only in one of them is an error.
///
/// Reference: transformers' and diffusers' `save_pretrained` with `max_shard_size`.
final class ShardedTensors: TensorSource {
    let path: String
    let container: String
    let entries: [String: TensorEntry]
    var metadata: [String: String] { [:] }
    private let shards: [String: any TensorSource]
    private let shardNames: [String: String]

    static let indexLimit = 32 << 20
    static let shardLimit = 1024

    init(index file: ReadableFile, mappingThreshold: Int? = nil) throws {
        let map = try Self.weightMap(file)
        let folder = FilePath.parent(of: file.path)
        var shards: [String: any TensorSource] = [:]
        for name in Set(map.values).sorted() {
            let path = FilePath.join(folder, name)
            // A folder could hold another index, and that one this folder again.
            guard !FilePath.isFolder(path) else {
                throw WeightError.file(path: path, reason: "a folder where a file is due")
            }
            shards[name] = try TensorFile.open(path, mappingThreshold: mappingThreshold)
        }
        var entries: [String: TensorEntry] = [:]
        for (tensor, name) in map {
            guard let entry = shards[name]?.entries[tensor] else {
                throw WeightError.missing(path: FilePath.join(folder, name), tensor: tensor)
            }
            entries[tensor] = entry
        }
        for (name, shard) in shards.sorted(by: { $0.key < $1.key }) {
            let surplus = shard.entries.keys.filter { map[$0] != name }.sorted()
            guard surplus.isEmpty else { throw WeightError.surplus(path: shard.path, tensors: surplus) }
        }
        path = file.path
        container = "\(shards.count) files, \(shards.values.first?.container ?? "none")"
        self.entries = entries
        self.shards = shards
        shardNames = map
    }

    private static func weightMap(_ file: ReadableFile) throws -> [String: String] {
        let document: JSONValue
        do {
            document = try JSONParser.parse(
                try file.bytes(limit: indexLimit), limits: .init(bytes: indexLimit, depth: 8))
        } catch let error as JSONError {
            throw WeightError.format(path: file.path, offset: error.offset, reason: "not valid JSON: \(error.reason)")
        }
        guard let members = document.object?["weight_map"]?.object, !members.isEmpty else {
            throw WeightError.file(path: file.path, reason: "an index of shards without a 'weight_map'")
        }
        let map = try members.mapValues { value in
            // A name with a slash could lead anywhere.
            guard let name = value.string, !name.isEmpty, name != "..", name != ".", !name.contains("/"),
                !name.utf8.contains(0), !name.hasSuffix(".json")
            else {
                throw WeightError.file(
                    path: file.path, reason: "'weight_map' names something that is no file beside it")
            }
            return name
        }
        guard Set(map.values).count <= shardLimit else {
            throw WeightError.file(path: file.path, reason: "names more than \(shardLimit) files")
        }
        return map
    }

    private func shard(of entry: TensorEntry) throws -> any TensorSource {
        guard let name = shardNames[entry.name], let shard = shards[name] else {
            throw WeightError.missing(path: path, tensor: entry.name)
        }
        return shard
    }

    func parameter(_ entry: TensorEntry, shape: [Int]?) throws -> Parameter {
        try shard(of: entry).parameter(entry, shape: shape)
    }

    func floats(_ entry: TensorEntry) throws -> Tensor { try shard(of: entry).floats(entry) }

    func mapped(_ entry: TensorEntry) -> MappedSpan? { try? shard(of: entry).mapped(entry) }
}
