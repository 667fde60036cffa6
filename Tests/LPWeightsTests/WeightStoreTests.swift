import LPWeights
import Testing

@Suite struct WeightStoreTests {
    private let folder: ScratchFolder
    private let store: WeightStore

    init() throws {
        folder = try ScratchFolder()
        let header = """
            {"block.0.weight": {"dtype": "F32", "shape": [2, 1, 1, 1], "data_offsets": [0, 8]},
             "block.0.bias": {"dtype": "F32", "shape": [2], "data_offsets": [8, 16]}}
            """
        let bytes = SafetensorsBytes.make(header: header, data: SafetensorsBytes.floats([1, 2, 3, 4]))
        store = try WeightStore(path: try folder.write(bytes, "net.safetensors"))
    }

    @Test func scopesJoinNames() throws {
        let block = store.scoped("block").scoped("0")
        #expect(block.prefix == "block.0")
        #expect(store.root.scoped("block", 0).has("bias"))
        #expect(!block.has("gamma"))
        #expect(try block.tensor("bias", [2]).array == [3, 4])
        #expect(try block.optional("gamma", [2]) == nil)
        #expect(block.shape(of: "weight") == [2, 1, 1, 1])
        #expect(try block.convolution("weight", [2, 1, 1, 1]).outputChannels == 2)
    }

    @Test func anotherShapeWithAsManyElements() throws {
        let weight = try store.parameter("block.0.weight", [2, 1], stored: [2, 1, 1, 1])
        #expect(weight.shape == [2, 1])
    }

    @Test func missingTensor() {
        #expect(throws: WeightError.missing(path: store.path, tensor: "block.1.bias")) {
            try store.scoped("block.1").tensor("bias", [2])
        }
    }

    @Test func otherShape() {
        let error = WeightError.shape(path: store.path, tensor: "block.0.bias", expected: [3], found: [2])
        #expect(throws: error) { try store.tensor("block.0.bias", [3]) }
        #expect(error.description.hasSuffix("net.safetensors: tensor 'block.0.bias' has shape [2], expected [3]"))
        // An optional tensor may be absent, but not misshapen.
        #expect(throws: error) { try store.root.optional("block.0.bias", [3]) }
    }

    @Test func surplusTensor() throws {
        _ = try store.tensor("block.0.bias", [2])
        #expect(throws: WeightError.surplus(path: store.path, tensors: ["block.0.weight"])) { try store.finish() }
        store.ignore("block.0.weight")
        #expect(throws: Never.self) { try store.finish() }
    }

    @Test func countsWhatItHandsOutOnce() throws {
        _ = try store.tensor("block.0.bias", [2])
        _ = try store.tensor("block.0.bias", [2])
        #expect(store.parameterCount == 2)
    }
}
