import LPModels
import LPTensor
import LPWeights
import Testing

/// The model folders that the training code exports load completely, and their text and content parts run.
@Suite struct TinyModelTests {
    @Test(arguments: ["tiny-model", "tiny-latent-model", "tiny-layered-model"])
    func textAndContentRun(name: String) throws {
        let folder = try ModelFolder(path: ModelFixtures.folder.appendingPathComponent(name).path)
        let model = folder.configuration
        let compute = Compute(threads: 1)
        let text = try BPETokenizer(folder).encode("the wind blows")
        let textFile = try folder.store(.textEncoder)
        let encoder = try CLIPTextEncoder(textFile.root, model.textEncoder)
        try textFile.finish()
        let states = try encoder(text.ids, compute)
        #expect(states.shape == [1, model.tokenizerLength, model.textEncoder.hiddenSize])
        if let settings = model.textReweighting {
            let file = try folder.store(.textReweighting)
            let reweighting = try TextReweighting(file.root, settings, hiddenSize: model.textEncoder.hiddenSize)
            try file.finish()
            let weighted = try reweighting(states, frames: 4, validCount: text.validCount, compute)
            #expect(weighted.weights.shape == [4, model.tokenizerLength])
            #expect(weighted.weights.array.allSatisfy { $0 > 0 && $0 < 1 })
        }
        if let settings = model.contentEncoder {
            let file = try folder.store(.contentEncoder)
            let content = try ContentEncoder(file.root, settings)
            try file.finish()
            let seen = try content(try Tensor(zeros: [1, 30, 40, 3]), compute)
            #expect(seen.tokens.shape == [1, settings.tokens(height: 30, width: 40), settings.tokenWidth])
            #expect(seen.pyramid?.map(\.shape.last) == settings.pyramidChannels)
        }
    }
}
