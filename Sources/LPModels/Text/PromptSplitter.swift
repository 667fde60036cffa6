@_spi(_Unicode) import Swift

/// Cuts a prompt into the pieces that byte-pair encoding works on, each piece attributed to a word of the prompt.
///
/// The steps are those of transformers' CLIPTokenizer: the two marks are found in the raw text; the rest is brought to
/// canonical composition (NFC) and lower case, then cut at white space and by CLIP's pattern
/// (marks, English contractions, letter runs, single digits, runs of anything else).
struct PromptSplitter {
    enum Piece: Equatable {
        case start
        case end
        case text([UInt8])
    }

    /// A stretch of the prompt without white space.
    struct Word {
        let text: String
        var pieces: [Piece]
    }

    private typealias Scalars = [Unicode.Scalar]

    private static let startMark = Scalars(BPEVocabulary.startMark.unicodeScalars)
    private static let endMark = Scalars(BPEVocabulary.endMark.unicodeScalars)
    private static let contractions = ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d"].map { Scalars($0.unicodeScalars) }

    static func words(of prompt: String) -> [Word] {
        let scalars = prompt.unicodeScalars
        return scalars.split(whereSeparator: \.properties.isWhitespace).map { chunk in
            Word(text: String(Substring(chunk)), pieces: pieces(of: Scalars(chunk)))
        }
    }

    /// White space never takes part in composition, so each word may be treated alone.
    private static func pieces(of word: Scalars) -> [Piece] {
        var pieces: [Piece] = []
        var plainStart = 0
        var index = 0
        while index < word.count {
            let isStart = matches(startMark, word, index)
            guard isStart || matches(endMark, word, index) else {
                index += 1
                continue
            }
            pieces += plainPieces(of: word[plainStart..<index])
            pieces.append(isStart ? .start : .end)
            index += isStart ? startMark.count : endMark.count
            plainStart = index
        }
        return pieces + plainPieces(of: word[plainStart...])
    }

    private static func plainPieces(of raw: ArraySlice<Unicode.Scalar>) -> [Piece] {
        let text = normalised(raw)
        var pieces: [Piece] = []
        var index = 0
        while index < text.count {
            for length in pieceLengths(text, index) {
                pieces.append(.text(utf8(text[index..<(index + length)])))
                index += length
            }
        }
        return pieces
    }

    /// Canonical composition, then lower case scalar by scalar (a final sigma is not special).
    private static func normalised(_ raw: ArraySlice<Unicode.Scalar>) -> Scalars {
        if raw.allSatisfy(\.isASCII) {
            return raw.map { (0x41...0x5A).contains($0.value) ? Unicode.Scalar(UInt8($0.value + 32)) : $0 }
        }
        var view = String.UnicodeScalarView()
        view.append(contentsOf: raw)
        var text: Scalars = []
        for scalar in String(view)._nfc { text.append(contentsOf: scalar.properties.lowercaseMapping.unicodeScalars) }
        return text
    }

    /// Lengths of the pieces that the pattern's match at `index` gives.
    private static func pieceLengths(_ text: Scalars, _ index: Int) -> [Int] {
        // A mark that only lower-casing has made is one match of CLIP's pattern; the byte-level step cuts it in three.
        for mark in [startMark, endMark] where matches(mark, text, index) { return [2, mark.count - 4, 2] }
        for contraction in contractions where matches(contraction, text, index) { return [contraction.count] }
        let kind = Kind(text[index])
        if kind == .digit { return [1] }
        var end = index + 1
        while end < text.count, Kind(text[end]) == kind { end += 1 }
        return [end - index]
    }

    private enum Kind {
        case letter, digit, other

        init(_ scalar: Unicode.Scalar) {
            switch scalar.properties.generalCategory {
            case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: self = .letter
            case .decimalNumber, .letterNumber, .otherNumber: self = .digit
            default: self = .other
            }
        }
    }

    private static func matches(_ pattern: Scalars, _ text: Scalars, _ index: Int) -> Bool {
        index + pattern.count <= text.count && text[index..<(index + pattern.count)].elementsEqual(pattern)
    }

    private static func utf8(_ scalars: ArraySlice<Unicode.Scalar>) -> [UInt8] {
        var bytes: [UInt8] = []
        for scalar in scalars { bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter) }
        return bytes
    }
}
