import LPWeights

/// Symbols and merge rules of a byte-level BPE tokenizer, read strictly from CLIP's two files.
///
/// vocab.json maps every symbol to an id; the ids are 0 up to the number of symbols. merges.txt has an optional
/// `#version` line, then one rule `left right` a line, most important first; both parts and their union are symbols.
struct BPEVocabulary: Sendable {
    struct Merge: Sendable {
        let rank: Int32
        let result: Int32
    }

    static let endOfWord = "</w>"
    static let startMark = "<|startoftext|>"
    static let endMark = "<|endoftext|>"

    let count: Int
    let start: Int32
    let end: Int32
    /// Ids of the 256 bytes, inside a word and at its end; the end mark stands for a byte that is no symbol.
    let inner: [Int32]
    let final: [Int32]
    /// Rule for a pair of ids, left id in the upper half of the key.
    let merges: [UInt64: Merge]

    /// - Parameters:
    ///   - vocabulary: bytes of vocab.json
    ///   - merges: bytes of merges.txt
    /// - Throws: `WeightError` naming the file and the symbol or line.
    init(vocabulary: [UInt8], merges: [UInt8], vocabularyPath: String, mergesPath: String) throws {
        let symbols = try Self.symbols(vocabulary, path: vocabularyPath)
        func special(_ name: String) throws -> Int32 {
            guard let id = symbols[name] else {
                throw WeightError.file(path: vocabularyPath, reason: "the symbol \(name) is missing")
            }
            return id
        }
        count = symbols.count
        start = try special(Self.startMark)
        let end = try special(Self.endMark)
        self.end = end
        let alphabet = Self.byteAlphabet
        inner = alphabet.map { symbols[$0] ?? end }
        final = alphabet.map { symbols[$0 + Self.endOfWord] ?? end }
        self.merges = try Self.rules(merges, symbols: symbols, path: mergesPath)
    }

    static func key(_ left: Int32, _ right: Int32) -> UInt64 {
        UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
    }

    /// One printable character per byte: printable Latin-1 stands for itself, the rest is moved to U+0100 and up.
    /// Reference: `bytes_to_unicode` of OpenAI's GPT-2.
    private static var byteAlphabet: [String] {
        var moved: UInt32 = 0
        return (UInt32(0)...255).map { byte in
            var code = byte
            if !(33...126).contains(byte), !(161...172).contains(byte), !(174...255).contains(byte) {
                code = 256 + moved
                moved += 1
            }
            return Unicode.Scalar(code).map { String(Character($0)) } ?? ""
        }
    }

    private static func symbols(_ bytes: [UInt8], path: String) throws -> [String: Int32] {
        let document: JSONValue
        do {
            document = try JSONParser.parse(bytes, limits: .init(bytes: 64 << 20, depth: 2))
        } catch let error as JSONError {
            throw WeightError.format(path: path, offset: error.offset, reason: "not valid JSON: \(error.reason)")
        }
        guard let members = document.object else {
            throw WeightError.file(path: path, reason: "is \(document.kind); an object is expected")
        }
        var symbols: [String: Int32] = [:]
        symbols.reserveCapacity(members.count)
        var isTaken = [Bool](repeating: false, count: members.count)
        for (symbol, value) in members {
            guard let id = value.integer, isTaken.indices.contains(id), !isTaken[id], let small = Int32(exactly: id),
                !symbol.isEmpty
            else {
                throw WeightError.file(
                    path: path,
                    reason:
                        "the ids are not the numbers from 0 to \(members.count - 1) (symbol \"\(symbol.prefix(40))\")")
            }
            isTaken[id] = true
            symbols[symbol] = small
        }
        return symbols
    }

    private static func rules(_ bytes: [UInt8], symbols: [String: Int32], path: String) throws -> [UInt64: Merge] {
        var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)[...]
        if lines.last?.isEmpty == true { lines = lines.dropLast() }
        var number = 0
        if lines.first?.starts(with: "#version".utf8) == true {
            lines = lines.dropFirst()
            number = 1
        }
        var rules: [UInt64: Merge] = [:]
        rules.reserveCapacity(lines.count)
        for line in lines {
            number += 1
            func fail(_ reason: String) -> WeightError { .file(path: path, reason: "line \(number) \(reason)") }
            let parts = line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty,
                let left = String(validating: parts[0], as: UTF8.self),
                let right = String(validating: parts[1], as: UTF8.self)
            else { throw fail("is not two symbols with a space between") }
            guard let leftID = symbols[left], let rightID = symbols[right], let result = symbols[left + right] else {
                throw fail("uses a symbol that the vocabulary does not have")
            }
            guard let rank = Int32(exactly: rules.count),
                rules.updateValue(Merge(rank: rank, result: result), forKey: key(leftID, rightID)) == nil
            else { throw fail("repeats an earlier rule") }
        }
        return rules
    }
}
