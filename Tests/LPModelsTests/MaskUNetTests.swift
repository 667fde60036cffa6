import LPTensor
import LPTestSupport
import LPWeights
import Testing

@testable import LPModels

/// Parity with Training/livephoto_training. Regenerate with Tests/Reference/mask_fixtures.py.
@Suite struct MaskUNetTests {
    private struct Network {
        let masks: MaskUNet
        let query: ConceptQuery
        let encoder: ContentEncoder

        init() throws {
            let folder = try ModelFolder(path: ModelFixtures.folder.appendingPathComponent("tiny-layered-model").path)
            let unet = folder.configuration.unet
            let head = try #require(unet.layeredMotionHead)
            let weights = try folder.store(.unet).scoped("motion_head.photo")
            masks = try MaskUNet(weights, trunk: unet.blockChannels[0], head, UNetSettings(unet))
            query = try ConceptQuery(
                weights.scoped("query"), textWidth: unet.crossAttentionWidth, head: try #require(head.pyramidChannels.last))
            encoder = try EfficientNetTests.encoder()
        }
    }

    @Test(arguments: ["48x48", "32x80"]) func equalsTheReference(size: String) throws {
        let network = try Network()
        let cases = try ModelFixtures.store("masks/mask_unet.safetensors")
        func input(_ name: String) throws -> Tensor { try ModelFixtures.tensor(cases, "\(name).\(size)") }
        var results: [Tensor] = []
        for threads in 1...3 {
            let compute = Compute(threads: threads)
            let pyramid = try #require(try network.encoder(try input("photo"), compute).pyramid)
            let text = try input("text")
            let alike = try network.query.likeness(pyramid[5], text: try text.meanOverFirst(), compute)
            expectClose(alike, try input("alike"), label: "\(size): alike", tolerance: 1e-4)
            let context = try network.masks.context(
                pyramid: pyramid, textBag: try input("bag"), text: text, content: try input("content"), compute)
            let logits = try network.masks(trunk: try input("trunk"), context, compute)
            expectClose(logits, try input("logits"), label: "\(size): logits", tolerance: 1e-4)
            results.append(logits)
        }
        for result in results.dropFirst() { expectIdentical(result, results[0], label: "\(size): threads") }
    }

    @Test func whatDoesNotFitIsAnError() throws {
        let network = try Network()
        let cases = try ModelFixtures.store("masks/mask_unet.safetensors")
        func input(_ name: String) throws -> Tensor { try ModelFixtures.tensor(cases, "\(name).48x48") }
        let compute = Compute(threads: 1)
        let pyramid = try #require(try network.encoder(try input("photo"), compute).pyramid)
        func context(_ pyramid: [Tensor]) throws -> MaskUNet.Context {
            try network.masks.context(
                pyramid: pyramid, textBag: try input("bag"), text: try input("text"), content: try input("content"), compute)
        }
        for wrong in [[], Array(pyramid.dropLast()), Array(pyramid.reversed()), pyramid + pyramid] {
            #expect(throws: TensorError.self) { try context(wrong) }
        }
        let trunk = try Tensor(zeros: [1, 5, 6, try input("trunk").shape[3]])
        #expect(throws: TensorError.self) { try network.masks(trunk: trunk, try context(pyramid), compute) }
    }

    @Test func shapesAreTheFilesShapes() throws {
        let folder = try ModelFolder(path: ModelFixtures.folder.appendingPathComponent("tiny-layered-model").path)
        let store = try folder.store(.unet)
        let shapes = try folder.configuration.unet.weightShapes(linearProjections: true).shapes
        let found = Dictionary(uniqueKeysWithValues: store.names.map { ($0, store.shape(of: $0) ?? []) })
        #expect(Set(shapes.keys) == Set(found.keys))
        for (name, shape) in shapes where found[name] != shape {
            // A 1x1 convolution and a linear layer are one thing to the engine.
            #expect(found[name].map { $0.filter { $0 != 1 } } == shape.filter { $0 != 1 }, "\(name)")
        }
    }
}
