import Foundation
import LPTensor
import Testing

@testable import LPWeights

@Suite struct TorchFileTests {
    private let whole = (0..<24).map { Float($0) }

    private func views() throws -> TorchFile { try TorchFile(path: FileFixtures.path("views.pt")) }

    private func values(_ file: TorchFile, _ name: String) throws -> [Float] {
        let entry = try #require(file.entries[name], "\(name) of \(file.entries.keys.sorted())")
        let floats = try file.floats(entry).array
        #expect(try file.parameter(entry).floats().array == floats)
        return floats
    }

    @Test func readsWhatTorchSaves() throws {
        let file = try views()
        #expect(try values(file, "whole") == whole)
        #expect(file.entries["whole"]?.shape == [4, 6])
        #expect(try values(file, "row") == Array(whole[6..<12]))
        #expect(try values(file, "scalar") == [7])
        #expect(file.entries["scalar"]?.shape == [])
        #expect(try values(file, "empty") == [])
        #expect(try values(file, "brain") == whole)
        #expect(try values(file, "parameter") == whole.map { $0 + 1 })
        #expect(try values(file, "linear.weight") == [Float](repeating: 0.5, count: 6))
        #expect(try values(file, "nested.deep.er") == Array(whole[12..<18]))
        #expect(file.entries["long"]?.type == "I64")
        #expect(file.entries["note"] == nil && file.entries["numbers"] == nil)
    }

    @Test func viewsComeInTheirOwnOrder() throws {
        let file = try views()
        let transposed = (0..<24).map { whole[$0 % 4 * 6 + $0 / 4] }
        #expect(try values(file, "transposed") == transposed)
        #expect(try values(file, "half") == transposed)
        #expect(try values(file, "column") == [2, 8, 14, 20])
        #expect(try values(file, "steps") == [1, 3, 5, 13, 15, 17])
    }

    @Test func mappedEqualsCopied() throws {
        let (copied, mapped) = (try views(), try TorchFile(path: FileFixtures.path("views.pt"), mappingThreshold: 0))
        for (name, entry) in copied.entries where entry.type != "I64" {
            #expect(try mapped.floats(entry).array == copied.floats(entry).array, "\(name)")
        }
    }

    @Test func expandedViewIsRefused() {
        let message = FileFixtures.message { _ = try TorchFile(path: FileFixtures.path("expanded.pt")) }
        #expect(message.contains("tensor 'x'") && message.contains("expanded"))
    }

    @Test func oldFormatIsRefusedInWords() {
        let message = FileFixtures.message { _ = try TensorFile.open(FileFixtures.path("legacy.pt")) }
        #expect(message.contains("before version 1.6"))
    }

    @Test func cutAnywhere() throws {
        let bytes = try ScratchFolder.fixture("files/views.pt")
        let scratch = try ScratchFolder()
        for count in stride(from: 1, to: bytes.count, by: 7) {
            let path = try scratch.write(Array(bytes[..<count]), "cut.pt")
            #expect(throws: WeightError.self, "\(count)") { _ = try TensorFile.open(path) }
        }
    }

    /// What comes of views.pt when the values of all its storages are replaced.
    private func refusal(storages change: ([UInt8]) -> [UInt8]?, mappingThreshold: Int? = nil) throws -> String {
        let members = try ZipBytes.members(of: "views.pt").compactMap { name, content in
            (name.hasPrefix("views/data/") ? change(content) : content).map { (name: name, content: $0) }
        }
        let scratch = try ScratchFolder()
        let path = try scratch.write(ZipBytes.make(members), "damaged.pt")
        return FileFixtures.message {
            let file = try TorchFile(path: path, mappingThreshold: mappingThreshold)
            _ = try file.floats(try #require(file.entries["whole"]))
        }
    }

    @Test(arguments: [0, 1 << 30]) func valuesThatAreNotFinite(mappingThreshold: Int) throws {
        let message = try refusal(
            storages: { [UInt8](repeating: 0xFF, count: $0.count) }, mappingThreshold: mappingThreshold)
        #expect(message.contains("tensor 'whole'") && message.contains("not finite"), "\(message)")
    }

    @Test func storagesThatAreCutOrGone() throws {
        let cut = try refusal(storages: { $0.dropLast() })
        #expect(cut.contains("tensor") && cut.contains("has a storage of"), "\(cut)")
        let gone = try refusal(storages: { _ in nil })
        #expect(gone.contains("tensor") && gone.contains("which is missing"), "\(gone)")
    }

    // MARK: pickles that want more than tensors

    private func refusal(_ pickle: [UInt8]) throws -> String {
        let scratch = try ScratchFolder()
        let path = try scratch.write(ZipBytes.make([("archive/data.pkl", pickle)]), "evil.pt")
        return FileFixtures.message { _ = try TorchFile(path: path) }
    }

    private func pickle(_ text: String) -> [UInt8] { [0x80, 2] + Array(text.utf8) }

    @Test(arguments: [
        ("cos\nsystem\nX\u{4}\u{0}\u{0}\u{0}true\u{85}R.", "'os.system'"),
        ("cbuiltins\neval\n.", "'builtins.eval'"), ("c__builtin__\ngetattr\n.", "'__builtin__.getattr'"),
        ("ctorch\nload\n.", "'torch.load'"), ("ctorch._utils\n_rebuild_tensor_v3\n.", "_rebuild_tensor_v3"),
        ("ctorch.nn.modules\nLinear\n)\u{81}.", "'torch.nn.modules.Linear'"),
        ("(iposix\nsystem\n.", "INST"), ("ccollections\nOrderedDict\n)R)b.", "builds"),
        ("ctorch\nFloatStorage\n)R.", "calls"), ("}}Q.", "no storage"), ("K\u{1})R.", "calls"),
    ])
    func asksForMore(text: String, mentions: String) throws {
        // Codes below 256 are single bytes of the pickle.
        let bytes = [0x80, 2] + text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
        let message = try refusal(bytes)
        #expect(message.contains(mentions), "\(message)")
        #expect(message.contains("at byte"))
    }

    @Test func stackGlobalIsLookedAtToo() throws {
        let message = try refusal(
            [0x80, 4, 0x8C, 2] + Array("os".utf8) + [0x8C, 6] + Array("system".utf8) + [0x93, 0x2E])
        #expect(message.contains("'os.system'"))
    }

    @Test(arguments: [
        "", ".", "(.", "}q\u{0}h\u{1}.", "X\u{FF}\u{FF}\u{FF}\u{7F}.", "s.", "t.", "}K\u{1}s.", "]u.", "N.", "K\u{1}.",
    ])
    func brokenPickles(text: String) throws {
        let message = try refusal([0x80, 2] + text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) })
        #expect(message != "no error")
    }

    @Test func valuesThatHoldThemselves() throws {
        // d = {}; d["a"] = d, a million tuples around each other, and a dictionary a thousand times in another, eight deep.
        #expect(
            try refusal(
                pickle("}q") + [0] + pickle("X").dropFirst(2) + [1, 0, 0, 0] + Array("ah".utf8) + [0] + Array("s.".utf8)
            ) == "no error")
        #expect(
            try refusal(
                [0x80, 2] + [UInt8](repeating: 0x29, count: 1) + [UInt8](repeating: 0x85, count: 1_000_000) + [0x2E]
            )
            .contains("a tuple"))
        var bomb: [UInt8] = [0x80, 2, 0x7D, 0x71, 0]
        for level in UInt8(1)...8 {
            bomb += [0x7D, 0x71, level, 0x28]
            for index in 0..<200 { bomb += [0x58, 1, 0, 0, 0, UInt8(0x20 + index % 90), 0x68, level - 1] }
            bomb += [0x75]
        }
        #expect(try refusal(bomb + [0x2E]).contains("values"))
    }
}

/// Zip archives of stored members, good and bad.
enum ZipBytes {
    static func make(_ members: [(name: String, content: [UInt8])], method: UInt16 = 0, extraSize: UInt32 = 0)
        -> [UInt8]
    {
        var file: [UInt8] = []
        var directory: [UInt8] = []
        for (name, content) in members {
            let (name, offset, size) = (Array(name.utf8), UInt32(file.count), UInt32(content.count))
            let shared = number(method) + [UInt8](repeating: 0, count: 8) + number(size) + number(size + extraSize)
            file += [0x50, 0x4B, 3, 4, 0, 0, 0, 0] + shared + number(UInt16(name.count)) + [0, 0] + name + content
            directory += [0x50, 0x4B, 1, 2, 0, 0, 0, 0, 0, 0] + shared + number(UInt16(name.count))
            directory += [UInt8](repeating: 0, count: 12) + number(offset) + name
        }
        let count = UInt16(members.count)
        return file + directory + [0x50, 0x4B, 5, 6, 0, 0, 0, 0] + number(count) + number(count)
            + number(UInt32(directory.count)) + number(UInt32(file.count)) + [0, 0]
    }

    /// Every member of one of our files, by name.
    static func members(of file: String) throws -> [(name: String, content: [UInt8])] {
        let bytes = try ScratchFolder.fixture("files/\(file)")
        return try ZipDirectory(ReadableFile(path: FileFixtures.path(file))).members
            .map { (name: $0.key, content: Array(bytes[$0.value.offset..<$0.value.offset + $0.value.size])) }
            .sorted { $0.name < $1.name }
    }

    static func number<Number: FixedWidthInteger>(_ value: Number) -> [UInt8] {
        withUnsafeBytes(of: value.littleEndian) { [UInt8]($0) }
    }
}

@Suite struct ZipDirectoryTests {
    private func failure(_ bytes: [UInt8]) throws -> String {
        let scratch = try ScratchFolder()
        let path = try scratch.write(bytes, "a.zip")
        return FileFixtures.message { _ = try ZipDirectory(ReadableFile(path: path)) }
    }

    @Test func findsStoredMembers() throws {
        let scratch = try ScratchFolder()
        let path = try scratch.write(ZipBytes.make([("a/b", [1, 2, 3]), ("c", [])]), "a.zip")
        let directory = try ZipDirectory(ReadableFile(path: path))
        #expect(directory.members["a/b"]?.offset == 33 && directory.members["a/b"]?.size == 3)
        #expect(directory.members["c"]?.size == 0)
    }

    @Test func compressedMembers() throws {
        #expect(try failure(ZipBytes.make([("bomb", [1, 2])], method: 8)).contains("compressed"))
        #expect(try failure(ZipBytes.make([("bomb", [1, 2])], extraSize: 1 << 30)).contains("compressed"))
    }

    @Test func twice() throws { #expect(try failure(ZipBytes.make([("x", [1]), ("x", [2])])).contains("twice")) }

    @Test func overlapping() throws {
        var bytes = ZipBytes.make([("x", [UInt8](repeating: 7, count: 40)), ("y", [1])])
        // The second directory entry points at the first member's header.
        let second = bytes.count - 22 - 47 + 42
        for index in 0..<4 { bytes[second + index] = 0 }
        #expect(try failure(bytes).contains("overlaps"))
    }

    @Test func directoryThatClaimsMore() throws {
        var bytes = ZipBytes.make([("x", [1])])
        bytes[bytes.count - 12] = 0xFF
        bytes[bytes.count - 14] = 0xFF
        #expect(try failure(bytes).contains("does not fit"))
        #expect(try failure([UInt8](repeating: 0, count: 300)).contains("no directory"))
    }
}
