import LPModels
import LPWeights
import Testing

/// Damaged vocabularies, rules and prompts: an error or some tokens, never a trap.
@Suite struct BPEFuzzTests {
    private static let vocabulary =
        #"{"a": 0, "b": 1, "c</w>": 2, "ab": 3, "abc</w>": 4, "Ġ": 5, "<|startoftext|>": 6, "<|endoftext|>": 7}"#
    private static let merges = "#version: 0.2\na b\nab c</w>\n"

    /// SplitMix64, the same in every run.
    private struct Generator: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
    }

    private static func damaged(_ text: String, _ generator: inout Generator) -> [UInt8] {
        var bytes = [UInt8](text.utf8)
        for _ in 0..<Int.random(in: 1...3, using: &generator) where !bytes.isEmpty {
            let index = Int.random(in: 0..<bytes.count, using: &generator)
            let end = min(bytes.count, index + Int.random(in: 1...8, using: &generator))
            switch Int.random(in: 0..<5, using: &generator) {
            case 0: bytes[index] ^= 1 << UInt8.random(in: 0...7, using: &generator)
            case 1: bytes[index] = UInt8.random(in: 0x20...0x7E, using: &generator)
            case 2: bytes.removeSubrange(index..<end)
            case 3: bytes.insert(contentsOf: bytes[index..<end], at: index)
            default: bytes.removeSubrange(index...)
            }
        }
        return bytes
    }

    @Test func damagedFilesNeverTrap() throws {
        var generator = Generator(state: 4)
        var loaded = 0
        for round in 0..<4000 {
            let vocabulary = round % 2 == 0 ? Self.damaged(Self.vocabulary, &generator) : [UInt8](Self.vocabulary.utf8)
            let merges = round % 2 == 1 ? Self.damaged(Self.merges, &generator) : [UInt8](Self.merges.utf8)
            do {
                let tokenizer = try BPETokenizer(vocabulary: vocabulary, merges: merges, maximumLength: 9)
                #expect(tokenizer.encode("abc ab c <|endoftext|> z").ids.count == 9)
                loaded += 1
            } catch { #expect(error is WeightError, "\(error)") }
        }
        #expect((1...3999).contains(loaded))
    }

    @Test func anyPromptGivesTokensInRange() throws {
        let tokenizer = try BPETokenizer(
            vocabulary: try ModelFixtures.bytes("text/vocab.json"), merges: try ModelFixtures.bytes("text/merges.txt"),
            maximumLength: 24)
        var generator = Generator(state: 5)
        for _ in 0..<1500 {
            var view = String.UnicodeScalarView()
            for _ in 0..<Int.random(in: 0...40, using: &generator) {
                let limit: UInt32 = Bool.random(using: &generator) ? 0x500 : 0x10FFFF
                Unicode.Scalar(UInt32.random(in: 0...limit, using: &generator)).map { view.append($0) }
            }
            let text = tokenizer.encode(String(view))
            #expect(text.ids.count == 24)
            #expect(text.ids.allSatisfy { (0..<tokenizer.vocabularyCount).contains($0) })
            #expect((2...24).contains(text.validCount))
            #expect(text.words.allSatisfy { $0.tokens.upperBound <= 23 })
        }
    }
}
