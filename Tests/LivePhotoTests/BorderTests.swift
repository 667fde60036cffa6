import CLivePhoto
import Glibc
import LPMedia
import LPPipeline
import Testing

@testable import LivePhoto

/// What crosses the border between C and Swift: text, pixels, structs, errors.
struct BorderTests {
    @Test func versionsAgree() {
        #expect(String(cString: FixedText.version.pointer) == LIVEPHOTO_VERSION_STRING)
        #expect(livephoto_version_number() == 100)
    }

    @Test func textIsCheckedAndCopied() throws {
        #expect(throws: Refusal.self) { try Text.input(nil, "text", limit: 10) }
        #expect(throws: Refusal.self) { try "0123456789a".withCString { try Text.input($0, "text", limit: 10) } }
        #expect(try "café".withCString { try Text.input($0, "text", limit: 10) } == "café")
        let wrong: [CChar] = [99, -1, 0]
        #expect(throws: Refusal.self) { try Text.input(wrong, "text", limit: 10) }

        var buffer = [CChar](repeating: 1, count: 6)
        var size = 0
        #expect(throws: Refusal.self) { try Text.copy("café", to: &buffer, capacity: 5, size: &size) }
        #expect(size == 6 && buffer == [1, 1, 1, 1, 1, 1])
        try Text.copy("café", to: &buffer, capacity: 6, size: &size)
        #expect(buffer.map { UInt8(bitPattern: $0) } == Array("café".utf8) + [0])
    }

    @Test func aShorterStructOfTheCallerIsNotOverrun() throws {
        // A future library with a longer struct meets a program of today.
        var bytes = [UInt8](repeating: 0xAA, count: 64)
        try bytes.withUnsafeMutableBytes { memory in
            memory.storeBytes(of: UInt32(48), as: UInt32.self)
            let target = try #require(memory.baseAddress).assumingMemoryBound(to: livephoto_progress.self)
            var progress = livephoto_progress()
            progress.step = 7
            try progress.store(in: target)
            #expect(memory.load(as: UInt32.self) == 48)
        }
        #expect(bytes[4] == 7 && bytes[48...].allSatisfy { $0 == 0xAA })
    }

    @Test func structsHaveTheSizesOfTheirFirstVersion() {
        #expect(MemoryLayout<livephoto_progress>.size == livephoto_progress.firstSize)
        #expect(MemoryLayout<livephoto_measurement>.size == livephoto_measurement.firstSize)
    }

    @Test(arguments: [
        (MediaError.cannotOpen(path: "x", reason: "No such file or directory"), LIVEPHOTO_ERROR_MEDIA_NOT_FOUND),
        (MediaError.cannotOpen(path: "x", reason: "Permission denied"), LIVEPHOTO_ERROR_MEDIA_UNREADABLE),
        (MediaError.cannotWrite(path: "x", reason: "writing: No space left on device"), LIVEPHOTO_ERROR_MEDIA_NO_SPACE),
        (MediaError.cannotWrite(path: "x", reason: "Permission denied"), LIVEPHOTO_ERROR_MEDIA_WRITE),
        (MediaError.badSize(path: "x", width: 30000, height: 30000, reason: ""), LIVEPHOTO_ERROR_MEDIA_TOO_LARGE),
        (MediaError.outOfMemory(bytes: 9), LIVEPHOTO_ERROR_OUT_OF_MEMORY),
        (MediaError.cancelled, LIVEPHOTO_ERROR_CANCELLED),
    ])
    func mediaErrorsHaveTheirStatus(_ error: MediaError, _ status: livephoto_status) {
        #expect(Refusal(error).status == status)
        #expect(!Refusal(error).message.isEmpty)
    }

    @Test(arguments: [
        (ModelFault.unreadable, LIVEPHOTO_ERROR_MODEL_UNREADABLE), (.format, LIVEPHOTO_ERROR_MODEL_FORMAT),
        (.version, LIVEPHOTO_ERROR_MODEL_VERSION), (.tensor, LIVEPHOTO_ERROR_MODEL_TENSOR),
        (.combination, LIVEPHOTO_ERROR_MODEL_COMBINATION), (.unwritable, LIVEPHOTO_ERROR_MEDIA_WRITE),
        (.noSpace, LIVEPHOTO_ERROR_MEDIA_NO_SPACE),
    ])
    func modelFaultsHaveTheirStatus(_ fault: ModelFault, _ status: livephoto_status) {
        #expect(Refusal(PipelineError.model(fault, "why")).status == status)
    }

    @Test func jsonIsQuoted() {
        let text = JSONText.object([("a\"\\\n\u{1}é", .array([.real(.nan), .real(0.5), .flag(true), .integer(-1)]))])
        #expect(text.description == #"{"a\"\\\n\u0001é": [null, 0.5, true, -1]}"#)
    }

    @Test func messagesBelongToTheirThread() {
        let board = MessageBoard()
        board.post("here")
        let mine = board.current
        let other = UnsafeMutablePointer<pthread_t>.allocate(capacity: 1)
        defer { other.deallocate() }
        pthread_create(
            other, nil,
            { board in
                let board = Unmanaged<MessageBoard>.fromOpaque(board!).takeUnretainedValue()
                board.post("there")
                board.post(nil)
                return nil
            }, Unmanaged.passUnretained(board).toOpaque())
        pthread_join(other.pointee, nil)
        #expect(String(cString: mine) == "here")
        #expect(String(cString: board.current) == "here")
        board.post(nil)
        #expect(String(cString: board.current) == "ok")
    }
}
