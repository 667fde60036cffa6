import Foundation
import LPWeights
import Testing

@testable import LPModels

@Suite struct BPETokenizerTests {
    private struct Golden: Decodable {
        struct Case: Decodable {
            let text: String
            let length: Int
            let ids: [Int]
        }
        let cases: [Case]
    }

    private static func tokenizer(length: Int) throws -> BPETokenizer {
        try BPETokenizer(
            vocabulary: try ModelFixtures.bytes("text/vocab.json"), merges: try ModelFixtures.bytes("text/merges.txt"),
            maximumLength: length)
    }

    /// Regenerate with Tests/Reference/text_fixtures.py.
    @Test func idsEqualTransformers() throws {
        let golden = try JSONDecoder().decode(Golden.self, from: Data(try ModelFixtures.bytes("text/token_ids.json")))
        #expect(golden.cases.count > 400)
        let tokenizers = [77: try Self.tokenizer(length: 77), 16: try Self.tokenizer(length: 16)]
        for sample in golden.cases {
            let tokenizer = try #require(tokenizers[sample.length])
            let padding = [Int](repeating: tokenizer.endID, count: sample.length - sample.ids.count)
            let scalars = sample.text.unicodeScalars.prefix(60).map { String($0.value, radix: 16) }
            #expect(tokenizer.encode(sample.text).ids == sample.ids + padding, "\(sample.text) = \(scalars)")
        }
    }

    @Test func wordsCoverTheirTokens() throws {
        let text = try Self.tokenizer(length: 32).encode("  The WIND, blows\tCafe\u{301} <|endoftext|>x\n")
        #expect(text.words.map(\.text) == ["The", "WIND,", "blows", "Cafe\u{301}", "<|endoftext|>x"])
        #expect(text.words.first?.tokens.lowerBound == 1)
        for (word, following) in zip(text.words, text.words.dropFirst()) {
            #expect(word.tokens.upperBound == following.tokens.lowerBound)
            #expect(!word.tokens.isEmpty)
        }
        // The mark inside the prompt ends the valid tokens.
        #expect(text.validCount == text.words[4].tokens.lowerBound + 1)
        #expect(!text.isTruncated)
    }

    @Test func emptyPromptIsTwoValidTokens() throws {
        let tokenizer = try Self.tokenizer(length: 8)
        let text = tokenizer.encode("")
        #expect(text.ids == [tokenizer.startID] + [Int](repeating: tokenizer.endID, count: 7))
        #expect(text.validCount == 2)
        #expect(text.words.isEmpty)
    }

    @Test func wordsBeyondTheLimitAreKeptWithoutTokens() throws {
        let text = try Self.tokenizer(length: 6).encode("the wind blows over the river and the sea")
        #expect(text.isTruncated)
        #expect(text.ids.count == 6)
        #expect(text.validCount == 6)
        #expect(text.words.count == 9)
        #expect(text.words.last?.tokens == 5..<5)
    }

    @Test func shortestLengthHasOnlyMarks() throws {
        let tokenizer = try Self.tokenizer(length: 0)
        #expect(tokenizer.encode("wind").ids == [tokenizer.startID, tokenizer.endID])
    }

    @Test(arguments: ["a", "!", "\u{6C34}", "a\u{301}", "wind ", "1", "\u{301}"])
    func longPromptsAreQuick(unit: String) throws {
        let tokenizer = try Self.tokenizer(length: 77)
        let prompt = String(repeating: unit, count: 16384 / unit.utf8.count)
        let clock = ContinuousClock()
        let time = clock.measure { #expect(tokenizer.encode(prompt).ids.count == 77) }
        #expect(time < .seconds(20), "\(time)")
    }

    @Test func canonicalCompositionIsTheStandardLibrarys() {
        // The composition comes through an interface that is not part of the documented library.
        let words = PromptSplitter.words(of: "E\u{301} \u{212B} \u{1100}\u{1161}")
        #expect(words.map(\.pieces) == [[.text([0xC3, 0xA9])], [.text([0xC3, 0xA5])], [.text([0xEA, 0xB0, 0x80])]])
    }
}
