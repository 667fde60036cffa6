import Glibc
import LPTensor
import LPWeights
import Testing

/// One run of the PyTorch reference pipeline: its request, its photo and what it computed on the way.
///
/// Written by Tests/Reference/pipeline_fixtures.py. Pictures and tensors are stored as PyTorch has them, channels first.
struct PipelineFixture {
    let request: JSONValue
    private let bytes: [UInt8]
    private let header: JSONValue
    private let start: Int
    private let modelName: String

    init(_ name: String) throws {
        let file = try ReadableFile(path: "\(TinyModel.fixtures)/pipeline/\(name).safetensors")
        bytes = try file.bytes(limit: 1 << 22)
        let length = bytes.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
        header = try JSONParser.parse(Array(bytes[8..<8 + length]))
        start = 8 + length
        let metadata = try #require(header.object?["__metadata__"]?.object)
        let text = try #require(metadata["request"]?.string)
        request = try JSONParser.parse(Array(text.utf8))
        modelName = try #require(metadata["model"]?.string)
    }

    /// The model that ran.
    var model: TinyModel { get throws { try #require(TinyModel(rawValue: modelName)) } }

    func shape(_ name: String) throws -> [Int] {
        try #require(header.object?[name]?.object?["shape"]?.array).compactMap(\.integer)
    }

    func bytes(_ name: String) throws -> [UInt8] {
        let span = try #require(header.object?[name]?.object?["data_offsets"]?.array).compactMap(\.integer)
        return Array(bytes[start + span[0]..<start + span[1]])
    }

    /// A float tensor [..., C, h, w] as [N, h, w, C].
    func channelsLast(_ name: String) throws -> Tensor {
        let shape = try shape(name)
        let (n, c, h, w) = (shape.dropLast(3).reduce(1, *), shape[shape.count - 3], shape[shape.count - 2], shape[shape.count - 1])
        let values = try bytes(name).withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
        let tensor = try Tensor(uninitialized: [n, h, w, c])
        for i in 0..<n {
            for channel in 0..<c {
                for cell in 0..<h * w { tensor.pointer[(i * h * w + cell) * c + channel] = values[(i * c + channel) * h * w + cell] }
            }
        }
        return tensor
    }
}
