import Foundation

/// Files under Tests/Fixtures and in a folder of their own that goes with the object.
final class ScratchFolder {
    static let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Fixtures")

    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "/livephoto-tests-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Writes a file and returns its path.
    @discardableResult
    func write(_ bytes: [UInt8], _ name: String = "file") throws -> String {
        let file = "\(path)/\(name)"
        // Foundation would wait for the disk after each file, and some file systems do when a file is overwritten.
        unlink(file)
        guard let stream = fopen(file, "wb") else { throw CocoaError(.fileWriteUnknown) }
        fwrite(bytes, 1, bytes.count, stream)
        fclose(stream)
        return file
    }

    static func fixture(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: fixtures.appendingPathComponent(name)))
    }
}

/// Random numbers that are the same in every run (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

/// Damages bytes the way fuzzers do: flips, overwrites, cuts, repeats, and pieces that parsers stumble over.
struct Mutator {
    private static let pieces = [
        "9223372036854775807", "-1", "1e999", "1e308", "0.0000001", "18446744073709551616", "null", "[]", "{}", "\"",
        "\\u",
        "\\ud800", "[[[[[[[[", "true", "0", "-0", "NaN", "\u{0}", "\u{1F525}", "\n\n", " ", ",", ":", "</w>", "\r",
        "1152921504606846976",
    ].map { [UInt8]($0.utf8) }

    private var generator: SeededGenerator

    init(seed: UInt64) { generator = SeededGenerator(state: seed) }

    mutating func mutate(_ original: [UInt8]) -> [UInt8] {
        var bytes = original
        for _ in 0..<Int.random(in: 1...3, using: &generator) { change(&bytes) }
        return bytes
    }

    private mutating func change(_ bytes: inout [UInt8]) {
        guard !bytes.isEmpty else { return }
        let index = Int.random(in: 0..<bytes.count, using: &generator)
        let end = min(bytes.count, index + Int.random(in: 1...16, using: &generator))
        switch Int.random(in: 0..<8, using: &generator) {
        case 0: bytes[index] ^= 1 << UInt8.random(in: 0...7, using: &generator)
        case 1: bytes[index] = UInt8.random(in: 0...255, using: &generator)
        case 2: bytes.removeSubrange(index..<end)
        case 3: bytes.insert(contentsOf: bytes[index..<end], at: index)
        case 4: bytes.removeSubrange(index...)
        case 5: bytes[index] = UInt8.random(in: 0x30...0x39, using: &generator)
        default:
            let piece = Self.pieces[Int.random(in: 0..<Self.pieces.count, using: &generator)]
            bytes.replaceSubrange(index..<(Bool.random(using: &generator) ? index : end), with: piece)
        }
    }
}
