import Foundation
import LPTensor
import Testing

@testable import LPWeights

/// Writes safetensors files, good and bad.
enum SafetensorsBytes {
    static func make(header: String, data: [UInt8], length: UInt64? = nil) -> [UInt8] {
        let header = [UInt8](header.utf8)
        return withUnsafeBytes(of: (length ?? UInt64(header.count)).littleEndian) { [UInt8]($0) } + header + data
    }

    static func floats(_ values: [Float]) -> [UInt8] {
        values.flatMap { value in withUnsafeBytes(of: value.bitPattern.littleEndian) { [UInt8]($0) } }
    }

    static func shorts(_ values: [UInt16]) -> [UInt8] {
        values.flatMap { value in withUnsafeBytes(of: value.littleEndian) { [UInt8]($0) } }
    }

    /// a: F32 [2, 2] = 1, 2, 3, 4; b: F16 [2] = 1, -2; c: BF16 [2] = 1, -2; d: I64 [1]; e: F32 [] = 5; f: F32 [0]
    static let sample = make(
        header: """
            {"__metadata__": {"format": "pt"},
             "a": {"dtype": "F32", "shape": [2, 2], "data_offsets": [0, 16]},
             "b": {"dtype": "F16", "shape": [2], "data_offsets": [16, 20]},
             "c": {"dtype": "BF16", "shape": [2], "data_offsets": [20, 24]},
             "d": {"dtype": "I64", "shape": [1], "data_offsets": [24, 32]},
             "e": {"dtype": "F32", "shape": [], "data_offsets": [32, 36]},
             "f": {"dtype": "F32", "shape": [0], "data_offsets": [36, 36]}}
            """,
        data: floats([1, 2, 3, 4]) + shorts([0x3C00, 0xC000, 0x3F80, 0xC000]) + [UInt8](repeating: 0, count: 8)
            + floats([5]))
}

@Suite struct SafetensorsTests {
    private let folder: ScratchFolder

    init() throws { folder = try ScratchFolder() }

    private func open(_ bytes: [UInt8]) throws -> WeightStore { try WeightStore(path: try folder.write(bytes)) }

    /// The message with which a file of one tensor "x" is refused, on opening or on reading.
    private func failure(_ fields: String, data: Int = 16, ask shape: [Int] = [4]) -> String {
        failure(
            SafetensorsBytes.make(header: "{\"x\": \(fields)}", data: [UInt8](repeating: 0, count: data)), ask: shape)
    }

    private func failure(_ bytes: [UInt8], ask shape: [Int] = [4]) -> String {
        do {
            _ = try open(bytes).tensor("x", shape)
            return "no error"
        } catch { return "\(error)" }
    }

    @Test(arguments: [0, 1 << 30])
    func readsEveryPrecision(mappingThreshold: Int) throws {
        let path = try folder.write(SafetensorsBytes.sample)
        let store = try WeightStore(path: path, mappingThreshold: mappingThreshold)
        #expect(try store.tensor("a", [2, 2]).array == [1, 2, 3, 4])
        #expect(try store.tensor("b", [2]).array == [1, -2])
        #expect(try store.tensor("c", [2]).array == [1, -2])
        #expect(try store.tensor("e", []).array == [5])
        #expect(try store.tensor("f", [0]).array == [])
        #expect(try store.parameter("a", [2, 2]).floats().array == [1, 2, 3, 4])
        let half = try store.parameter("b", [2])
        #expect(half.precision == .float16)
        #expect(try half.floats().array == [1, -2])
        #expect(try store.parameter("c", [2]).precision == .bfloat16)
        #expect(store.parameterCount == 9)
    }

    /// Networks that share a file are let go one by one.
    @Test func networksOfOneFileHaveTheirOwnStretches() throws {
        let path = FileFixtures.path("base.safetensors")
        let file = try SafetensorsFile(path: path, mappingThreshold: 0)
        let stretches = ["model.diffusion_model.", "first_stage_model.", "cond_stage_model."].map { prefix in
            let entries = file.entries.filter { $0.key.hasPrefix(prefix) }
            return WeightStore(entries.mapValues { BoundTensor(file, $0) }, path: path).mappings
        }
        for spans in stretches {
            #expect(!spans.isEmpty && spans.count < 20)
            for other in stretches.flatMap(\.self) {
                #expect(spans.allSatisfy { $0.bytes == other.bytes || !$0.bytes.overlaps(other.bytes) })
            }
            let entries = file.entries.values.filter { entry in
                entry.type == "F16" && spans.contains { $0.bytes.contains(entry.offset) }
            }
            let before = try entries.map { try file.floats($0).array }
            for span in spans { span.releasePages() }
            #expect(try entries.map { try file.floats($0).array } == before)
        }
        let copied = try SafetensorsFile(path: path)
        #expect(copied.entries.values.allSatisfy { copied.mapped($0) == nil })
    }

    @Test func dataNeedNotBeAligned() throws {
        for padding in 0..<8 {
            let header =
                #"{"x": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}}"#
                + String(repeating: " ", count: padding)
            let path = try folder.write(SafetensorsBytes.make(header: header, data: SafetensorsBytes.floats([7, 8])))
            for threshold in [0, 1 << 30] {
                let store = try WeightStore(path: path, mappingThreshold: threshold)
                #expect(try store.parameter("x", [2]).floats().array == [7, 8])
            }
        }
    }

    @Test func weightsOutliveTheirStoreAndFile() throws {
        let path = try folder.write(SafetensorsBytes.sample)
        let copied = try WeightStore(path: path).parameter("b", [2])
        let mapped = try WeightStore(path: path, mappingThreshold: 0).parameter("b", [2])
        try FileManager.default.removeItem(atPath: path)
        #expect(try copied.floats().array == [1, -2])
        #expect(try mapped.floats().array == [1, -2])
    }

    @Test func fileCutAfterOpeningIsAnError() throws {
        let path = try folder.write(SafetensorsBytes.sample)
        let store = try WeightStore(path: path)
        try #require(truncate(path, off_t(SafetensorsBytes.sample.count - 30)) == 0)
        #expect(throws: WeightError.self) { try store.tensor("e", []) }
        #expect(throws: WeightError.self) { try store.parameter("e", []) }
    }

    // MARK: files that cannot be used

    @Test func noSuchFile() {
        #expect(throws: WeightError.file(path: "/no/file", reason: "no such file")) {
            try WeightStore(path: "/no/file")
        }
    }
    @Test func aFolder() {
        #expect(throws: WeightError.file(path: folder.path, reason: "a folder where a file is due")) {
            try WeightStore(path: folder.path)
        }
    }
    @Test func anEmptyPath() { #expect(throws: WeightError.self) { try WeightStore(path: "") } }
    @Test func aPathWithNUL() { #expect(throws: WeightError.self) { try WeightStore(path: "/tmp\0x") } }
    @Test func emptyFile() { #expect(failure([]).contains("the file is empty")) }
    @Test func sevenBytes() { #expect(failure([1, 2, 3, 4, 5, 6, 7]).contains("too short")) }

    @Test func aPipeDoesNotBlock() throws {
        let path = folder.path + "/pipe"
        try #require(mkfifo(path, 0o600) == 0)
        #expect(throws: WeightError.file(path: path, reason: "not a regular file")) { try WeightStore(path: path) }
    }

    @Test(arguments: [1 << 60, UInt64.max, 1 << 63, 36, 0, 1])
    func impossibleHeaderLength(length: UInt64) {
        let bytes = SafetensorsBytes.make(header: "{}", data: [UInt8](repeating: 0, count: 33), length: length)
        #expect(failure(bytes).contains("the header"))
    }

    @Test func headerThatIsNotJSON() {
        #expect(failure(SafetensorsBytes.make(header: "{x}", data: [])).contains("not valid JSON"))
    }
    @Test func headerThatIsAList() {
        #expect(failure(SafetensorsBytes.make(header: "[]", data: [])).contains("not an object"))
    }
    @Test func aTensorTwice() {
        let entry = #""x": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}"#
        #expect(failure(SafetensorsBytes.make(header: "{\(entry), \(entry)}", data: [0, 0, 0, 0])).contains("twice"))
    }
    @Test func cutShort() {
        let bytes = [UInt8](SafetensorsBytes.sample.dropLast())
        #expect(failure(bytes).contains("tensor 'e'"))
        #expect(failure(bytes).contains("cut short"))
    }

    // MARK: entries that cannot be

    @Test func entryThatIsNoObject() { #expect(failure("1").contains("'x'")) }
    @Test func unknownType() {
        #expect(failure(#"{"dtype": "F33", "shape": [4], "data_offsets": [0, 16]}"#).contains("element type"))
    }
    @Test func noShape() { #expect(failure(#"{"dtype": "F32", "data_offsets": [0, 16]}"#).contains("valid shape")) }
    @Test func negativeShape() {
        #expect(failure(#"{"dtype": "F32", "shape": [-4], "data_offsets": [0, 16]}"#).contains("valid shape"))
    }
    @Test func fractionalShape() {
        #expect(failure(#"{"dtype": "F32", "shape": [4.0], "data_offsets": [0, 16]}"#).contains("valid shape"))
    }
    @Test func shapeThatOverflows() {
        let shape = "[4611686018427387904, 4611686018427387904]"
        #expect(failure(#"{"dtype": "F32", "shape": \#(shape), "data_offsets": [0, 16]}"#).contains("beyond any file"))
    }
    @Test func bytesThatOverflow() {
        #expect(
            failure(#"{"dtype": "F32", "shape": [4611686018427387904], "data_offsets": [0, 16]}"#).contains(
                "not its shape"))
    }
    @Test func shapeThatIsNotTheSpan() {
        #expect(failure(#"{"dtype": "F32", "shape": [3], "data_offsets": [0, 16]}"#).contains("not its shape"))
    }
    @Test func backwardOffsets() {
        #expect(failure(#"{"dtype": "F32", "shape": [4], "data_offsets": [16, 0]}"#).contains("valid data offsets"))
    }
    @Test func negativeOffset() {
        #expect(failure(#"{"dtype": "F32", "shape": [4], "data_offsets": [-16, 0]}"#).contains("valid data offsets"))
    }
    @Test func threeOffsets() {
        #expect(failure(#"{"dtype": "F32", "shape": [4], "data_offsets": [0, 16, 16]}"#).contains("valid data offsets"))
    }
    @Test func offsetsBeyondTheFile() {
        #expect(failure(#"{"dtype": "F32", "shape": [4], "data_offsets": [8, 24]}"#).contains("cut short"))
        #expect(
            failure(#"{"dtype": "F32", "shape": [4], "data_offsets": [9223372036854775791, 9223372036854775807]}"#)
                .contains("cut short"))
    }
    @Test func overlap() {
        let header = """
            {"x": {"dtype": "F32", "shape": [4], "data_offsets": [0, 16]},
             "y": {"dtype": "F32", "shape": [1], "data_offsets": [12, 16]}}
            """
        #expect(
            failure(SafetensorsBytes.make(header: header, data: [UInt8](repeating: 0, count: 16))).contains(
                "tensor 'y'"))
    }
    @Test func wholeNumbersWhereWeightsAreDue() throws {
        let store = try open(SafetensorsBytes.sample)
        #expect(throws: WeightError.self) { try store.tensor("d", [1]) }
    }

    @Test(arguments: [0x7F80_0000, 0xFF80_0000, 0x7FC0_0000, 0x7F80_0001] as [UInt32], [0, 1 << 30])
    func floatThatIsNotFinite(bits: UInt32, threshold: Int) throws {
        let header = #"{"x": {"dtype": "F32", "shape": [3], "data_offsets": [0, 12]}}"#
        let data = SafetensorsBytes.floats([1, Float(bitPattern: bits), 2])
        let store = try WeightStore(
            path: try folder.write(SafetensorsBytes.make(header: header, data: data)), mappingThreshold: threshold)
        let expected = WeightError.tensor(
            path: store.path, tensor: "x", offset: 8 + header.utf8.count,
            reason: "holds a value that is not finite (element 1)")
        #expect(throws: expected) { try store.tensor("x", [3]) }
        // A mapped weight is looked at when it is first used, each time with the same answer.
        for _ in 0..<2 { #expect(throws: expected) { try store.parameter("x", [3]).floats() } }
    }

    @Test(arguments: [("F16", 0x7C00), ("F16", 0xFE00), ("BF16", 0x7F80), ("BF16", 0xFFC0)] as [(String, UInt16)])
    func halfThatIsNotFinite(type: String, bits: UInt16) throws {
        let header = #"{"x": {"dtype": "\#(type)", "shape": [5001], "data_offsets": [0, 10002]}}"#
        let data = SafetensorsBytes.shorts([UInt16](repeating: 0, count: 5000) + [bits])
        #expect(failure(SafetensorsBytes.make(header: header, data: data), ask: [5001]).contains("(element 5000)"))
    }

    @Test func damagedFilesNeverTrap() throws {
        var mutator = Mutator(seed: 2)
        var refused = 0
        for _ in 0..<3000 {
            do {
                let store = try open(mutator.mutate(SafetensorsBytes.sample))
                for name in store.names { _ = try store.tensor(name, store.shape(of: name) ?? []) }
            } catch {
                #expect(error is WeightError || error is TensorError, "\(error)")
                refused += 1
            }
        }
        #expect(refused > 1000)
    }
}
