import Foundation
import Testing

@testable import LPWeights

@Suite struct ShardTests {
    private let scratch: ScratchFolder

    init() throws {
        scratch = try ScratchFolder()
        for (name, value) in [("a", Float(1)), ("b", 2)] {
            let header = #"{"\#(name)": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}"#
            try scratch.write(
                SafetensorsBytes.make(header: header, data: SafetensorsBytes.floats([value])), "\(name).safetensors")
        }
    }

    private func open(_ map: String) throws -> any TensorSource {
        try TensorFile.open(try scratch.write([UInt8]("{\"weight_map\": \(map)}".utf8), "model.safetensors.index.json"))
    }

    @Test func readsEveryShard() throws {
        let source = try open(#"{"a": "a.safetensors", "b": "b.safetensors"}"#)
        #expect(
            try source.entries.values.sorted { $0.name < $1.name }.map { try source.floats($0).array } == [[1], [2]])
        #expect(try TensorFile.open(scratch.path).entries.count == 2)
    }

    @Test(arguments: [
        (#"{"a": "a.safetensors", "c": "b.safetensors"}"#, "tensor 'c' is missing"),
        (#"{"a": "a.safetensors", "b": "c.safetensors"}"#, "no such file"),
        (#"{"a": "a.safetensors", "b": "../b.safetensors"}"#, "no file beside it"),
        (#"{"a": "model.safetensors.index.json"}"#, "no file beside it"), (#"{"a": ".."}"#, "no file beside it"),
        (#"{"a": 1}"#, "no file beside it"), ("{}", "without a 'weight_map'"), ("[]", "without a 'weight_map'"),
        ("x", "not valid JSON"),
    ])
    func contradictions(map: String, message: String) {
        #expect(FileFixtures.message { _ = try open(map) }.contains(message))
    }

    @Test func aTensorThatTheIndexDoesNotName() throws {
        let header = """
            {"b": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}, "x": {"dtype": "F32", "shape": [0], "data_offsets": [4, 4]}}
            """
        try scratch.write(SafetensorsBytes.make(header: header, data: SafetensorsBytes.floats([2])), "b.safetensors")
        let message = FileFixtures.message { _ = try open(#"{"a": "a.safetensors", "b": "b.safetensors"}"#) }
        #expect(message.contains("b.safetensors") && message.contains("'x'"))
    }
}
