import Foundation
import Testing

@testable import LPModels

/// Many strings against transformers' CLIPTokenizer; run by Tests/Reference/tokenizer_compare.py.
@Suite struct BPECorpusTests {
    private struct Golden: Decodable {
        struct Case: Decodable {
            let text: String
            let length: Int
            let ids: [Int]
        }
        let cases: [Case]
    }

    private static let folder = ProcessInfo.processInfo.environment["LIVEPHOTO_TOKENIZER_CORPUS"].map {
        URL(fileURLWithPath: $0)
    }

    @Test(.enabled(if: folder != nil)) func idsEqualTransformers() throws {
        let folder = try #require(Self.folder)
        func bytes(_ name: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: folder.appendingPathComponent(name))) }
        let golden = try JSONDecoder().decode(Golden.self, from: Data(try bytes("token_ids.json")))
        let tokenizer = try BPETokenizer(
            vocabulary: try bytes("vocab.json"), merges: try bytes("merges.txt"),
            maximumLength: golden.cases.first?.length ?? 77)
        var different = 0
        for sample in golden.cases {
            let padding = [Int](repeating: tokenizer.endID, count: sample.length - sample.ids.count)
            guard tokenizer.encode(sample.text).ids != sample.ids + padding else { continue }
            different += 1
            let scalars = sample.text.unicodeScalars.prefix(60).map { String($0.value, radix: 16) }
            if different <= 10 { Issue.record("\(sample.text) = \(scalars)") }
        }
        print("\(golden.cases.count) strings, \(different) different")
        #expect(different == 0)
    }
}
