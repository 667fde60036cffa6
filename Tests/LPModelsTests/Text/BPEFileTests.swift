import LPModels
import LPWeights
import Testing

/// Each way in which vocab.json and merges.txt can be bad.
@Suite struct BPEFileTests {
    private static let marks = #""<|startoftext|>": 3, "<|endoftext|>": 4"#
    private static let vocabulary = #"{"a": 0, "b</w>": 1, "ab</w>": 2, \#(marks)}"#

    private func load(_ vocabulary: String = Self.vocabulary, _ merges: String = "#version: 0.2\na b</w>\n") throws
        -> BPETokenizer
    {
        try BPETokenizer(vocabulary: [UInt8](vocabulary.utf8), merges: [UInt8](merges.utf8), maximumLength: 8)
    }

    private func failure(_ vocabulary: String = Self.vocabulary, _ merges: String = "a b</w>\n") -> String {
        do {
            _ = try load(vocabulary, merges)
            return "no error"
        } catch { return "\(error)" }
    }

    @Test func smallestFilesWork() throws {
        #expect(try load().encode("ab").ids.prefix(3) == [3, 2, 4])
        #expect(try load(Self.vocabulary, "a b</w>").encode("ab").ids.prefix(3) == [3, 2, 4])
        #expect(try load(Self.vocabulary, "").encode("ab").ids.prefix(4) == [3, 0, 1, 4])
    }

    @Test func bytesThatAreNoSymbolBecomeTheEndMark() throws {
        #expect(try load().encode("zb").ids.prefix(3) == [3, 4, 1])
    }

    @Test func vocabularyThatIsNotJSON() { #expect(failure("{").contains("vocab.json: not valid JSON")) }
    @Test func vocabularyThatIsAList() { #expect(failure("[1]").contains("an object is expected")) }
    @Test func emptyVocabulary() { #expect(failure("{}").contains("<|startoftext|> is missing")) }
    @Test func missingMark() { #expect(failure(#"{"<|startoftext|>": 0}"#).contains("<|endoftext|> is missing")) }
    @Test func repeatedID() { #expect(failure(#"{"a": 0, "b": 0, \#(Self.marks)}"#).contains("the ids are not")) }
    @Test func idBeyondTheNumberOfSymbols() { #expect(failure(#"{"a": 9, \#(Self.marks)}"#).contains("0 to 2")) }
    @Test func negativeID() { #expect(failure(#"{"a": -1, \#(Self.marks)}"#).contains("the ids are not")) }
    @Test func idWithFraction() { #expect(failure(#"{"a": 0.5, \#(Self.marks)}"#).contains("the ids are not")) }
    @Test func hugeID() { #expect(failure(#"{"a": 1e300, \#(Self.marks)}"#).contains("the ids are not")) }
    @Test func emptySymbol() { #expect(failure(#"{"": 0, \#(Self.marks)}"#).contains("the ids are not")) }
    @Test func symbolTwice() { #expect(failure(#"{"a": 0, "a": 1, \#(Self.marks)}"#).contains("appears twice")) }

    @Test func ruleOfOneSymbol() {
        #expect(failure(Self.vocabulary, "a b</w>\na\n").contains("line 2 is not two symbols"))
    }
    @Test func ruleOfThreeSymbols() {
        #expect(failure(Self.vocabulary, "a a a\n").contains("line 1 is not two symbols"))
    }
    @Test func emptyLine() { #expect(failure(Self.vocabulary, "\n\na b</w>").contains("line 1 is not two symbols")) }
    @Test func unknownSymbol() { #expect(failure(Self.vocabulary, "a c</w>").contains("does not have")) }
    @Test func unknownResult() { #expect(failure(Self.vocabulary, "a a").contains("does not have")) }
    @Test func windowsLineEnds() { #expect(failure(Self.vocabulary, "a b</w>\r\n").contains("does not have")) }
    @Test func ruleTwice() { #expect(failure(Self.vocabulary, "a b</w>\na b</w>\n").contains("line 2 repeats")) }

    @Test func rulesThatAreNotUTF8() {
        let vocabulary = [UInt8](Self.vocabulary.utf8)
        #expect(throws: WeightError.self) {
            try BPETokenizer(vocabulary: vocabulary, merges: [0xFF, 0x20, 0xFE, 0x0A], maximumLength: 8)
        }
    }
}
