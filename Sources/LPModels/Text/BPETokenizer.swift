import LPWeights

/// A prompt as token ids of fixed length, with the words they come from.
package struct TokenizedText: Sendable, Equatable {
    /// A stretch of the prompt without white space, as the user wrote it.
    package struct Word: Sendable, Equatable {
        package let text: String
        /// Positions in `ids`; empty if the word lies beyond the length limit.
        package let tokens: Range<Int>
    }

    /// Start mark, the prompt's tokens, end mark, then end marks up to the model's length.
    package let ids: [Int]
    /// Positions from 0 up to and including the first end mark.
    package let validCount: Int
    package let words: [Word]
    /// The prompt has more tokens than fit.
    package let isTruncated: Bool
}

/// CLIP's tokenizer: lower-cased byte-level byte-pair encoding. Ids equal those of transformers' `CLIPTokenizer` with
/// `padding="max_length", truncation=True`. Any text of any length is accepted.
package struct BPETokenizer: Sendable {
    private let vocabulary: BPEVocabulary
    package let maximumLength: Int

    package var startID: Int { Int(vocabulary.start) }
    package var endID: Int { Int(vocabulary.end) }
    package var vocabularyCount: Int { vocabulary.count }

    /// - Parameters:
    ///   - vocabulary: bytes of vocab.json
    ///   - merges: bytes of merges.txt
    ///   - maximumLength: tokens with both marks, at least 2
    /// - Throws: `WeightError` naming the file and the symbol or line.
    package init(
        vocabulary: [UInt8], merges: [UInt8], maximumLength: Int, vocabularyPath: String = "vocab.json",
        mergesPath: String = "merges.txt"
    ) throws {
        self.vocabulary = try BPEVocabulary(
            vocabulary: vocabulary, merges: merges, vocabularyPath: vocabularyPath, mergesPath: mergesPath)
        self.maximumLength = max(2, maximumLength)
    }

    package init(_ folder: some ModelParts) throws {
        let configuration = folder.configuration
        let path = folder.path(of: .vocabulary)
        try self.init(
            vocabulary: try folder.bytes(of: .vocabulary), merges: try folder.bytes(of: .merges),
            maximumLength: configuration.tokenizerLength, vocabularyPath: path, mergesPath: folder.path(of: .merges))
        guard vocabularyCount <= configuration.textEncoder.vocabularySize else {
            throw WeightError.file(
                path: path,
                reason: "\(vocabularyCount) symbols; the text encoder has \(configuration.textEncoder.vocabularySize)")
        }
    }

    package func encode(_ prompt: String) -> TokenizedText {
        let limit = maximumLength - 1
        var ids = [startID]
        var words: [TokenizedText.Word] = []
        var isTruncated = false
        for word in PromptSplitter.words(of: prompt) {
            let first = ids.count
            for piece in word.pieces where ids.count <= limit {
                ids.append(contentsOf: tokens(of: piece))
            }
            if ids.count > limit {
                isTruncated = true
                ids.removeLast(ids.count - limit)
            }
            words.append(.init(text: word.text, tokens: min(first, limit)..<ids.count))
        }
        ids.append(contentsOf: repeatElement(endID, count: maximumLength - ids.count))
        let validCount = ids.firstIndex(of: endID).map { $0 + 1 } ?? ids.count
        return TokenizedText(ids: ids, validCount: validCount, words: words, isTruncated: isTruncated)
    }

    private func tokens(of piece: PromptSplitter.Piece) -> [Int] {
        switch piece {
        case .start: [startID]
        case .end: [endID]
        case .text(let bytes): BPEMerger.tokens(of: bytes, vocabulary).map(Int.init)
        }
    }
}
