import Glibc
import Testing

@testable import LPMedia

@Suite struct ImageReaderTests {
    @Test(arguments: MediaFixtures.all.filter { !$0.name.contains("#") })
    func readsEveryKind(_ expected: MediaFixtures.Expectation) throws {
        let image = try ImageReader.read(path: MediaFixtures.path(expected.name))
        #expect(image.width == expected.width)
        #expect(image.height == expected.height)
        #expect((image.alpha != nil) == expected.hasAlpha)
        try #require(image.pixels.count == expected.pixels.count)
        var sum = 0
        var largest = 0
        for (found, wanted) in zip(image.bytes, expected.pixels) {
            let error = abs(Int(found) - Int(wanted))
            sum += error
            largest = max(largest, error)
        }
        let mean = Double(sum) / Double(image.pixels.count)
        #expect(largest <= expected.largest, "largest error \(largest), mean \(mean)")
        if expected.mean > 0 { #expect(mean <= expected.mean, "mean error \(mean), largest \(largest)") }
        if let alpha = image.alpha {
            let error = zip(alpha.bytes, expected.alpha).map { abs(Int($0) - Int($1)) }.max() ?? 0
            #expect(error <= 1)
        }
    }

    @Test func readsTheSizeAlone() throws {
        #expect(try ImageReader.size(path: MediaFixtures.path("orientation6.jpg")) == (40, 48))
        #expect(try ImageReader.size(path: MediaFixtures.path("rgb8.png")) == (24, 16))
    }

    @Test func refusesHugeSizesFromTheHeader() throws {
        #expect(
            throws: MediaError.badSize(
                path: MediaFixtures.path("huge.png"), width: 30000, height: 30000,
                reason: "the limit is 16384 a side and 268435456 pixels")
        ) { try ImageReader.read(path: MediaFixtures.path("huge.png")) }
        let scratch = try ScratchFolder()
        // The same lie told in the other formats' headers.
        let patches: [(String, Int, [UInt8])] = [
            ("rgb.bmp", 18, [0x30, 0x75, 0, 0, 0x30, 0x75, 0, 0]), ("rgb.gif", 6, [0x30, 0x75, 0x30, 0x75]),
            ("rgb.bmp", 18, [0, 0, 0, 0, 0, 0, 0, 0]), ("rgb.bmp", 18, [1, 0, 0, 0, 0, 0, 0, 0x80]),
        ]
        for (index, (name, offset, bytes)) in patches.enumerated() {
            var file = MediaFixtures.bytes(name)
            file.replaceSubrange(offset..<offset + bytes.count, with: bytes)
            let path = try scratch.write("\(index)-\(name)", file)
            let error = #expect(throws: MediaError.self) { try ImageReader.read(path: path) }
            guard case .badSize = error else {
                Issue.record("\(name): \(String(describing: error))")
                continue
            }
        }
        var jpeg = MediaFixtures.bytes("444.jpg")
        let frame = try #require(jpeg.indices.dropLast().first { jpeg[$0] == 0xFF && jpeg[$0 + 1] == 0xC0 })
        jpeg.replaceSubrange(frame + 5..<frame + 9, with: [0x75, 0x30, 0x75, 0x30])
        let path = try scratch.write("huge.jpg", jpeg)
        let error = #expect(throws: MediaError.self) { try ImageReader.read(path: path) }
        #expect(error?.description.contains("30000x30000") == true)
    }

    @Test func namesWhatIsWrongWithAPath() throws {
        let scratch = try ScratchFolder()
        let missing = "\(scratch.path)/missing.png"
        #expect(throws: MediaError.cannotOpen(path: missing, reason: "No such file or directory")) {
            try ImageReader.read(path: missing)
        }
        #expect(throws: MediaError.notAFile(path: scratch.path, found: "a folder")) {
            try ImageReader.read(path: scratch.path)
        }
        let empty = try scratch.write("empty.png", [])
        #expect(throws: MediaError.emptyFile(path: empty)) { try ImageReader.read(path: empty) }
        #expect(throws: MediaError.notAFile(path: "/dev/zero", found: "a device")) {
            try ImageReader.read(path: "/dev/zero")
        }
        mkfifo("\(scratch.path)/pipe", 0o600)
        #expect(throws: MediaError.notAFile(path: "\(scratch.path)/pipe", found: "a pipe")) {
            try ImageReader.read(path: "\(scratch.path)/pipe")
        }
        #expect(throws: MediaError.self) { try ImageReader.read(path: "") }
        #expect(throws: MediaError.self) { try ImageReader.read(path: "a\0b") }
        if geteuid() != 0 {
            let locked = try scratch.write("locked.png", MediaFixtures.bytes("rgb8.png"))
            chmod(locked, 0)
            #expect(throws: MediaError.cannotOpen(path: locked, reason: "Permission denied")) {
                try ImageReader.read(path: locked)
            }
        }
    }

    @Test(arguments: [
        ("hello, this is text", "expected PNG"), ("....ftypheic........", "HEIC"), ("....ftypisom........", "video"),
        ("%PDF-1.7", "PDF"), ("<svg xmlns=", "SVG"), ("x", "expected PNG"),
    ])
    func namesForeignContent(_ text: String, _ word: String) throws {
        let bytes = Array(text.utf8)
        let error = #expect(throws: MediaError.self) {
            try bytes.withUnsafeBufferPointer { try ImageReader.decode($0, path: "photo.jpg") }
        }
        #expect(error?.description.contains(word) == true)
        #expect(error?.description.contains("photo.jpg") == true)
    }

    /// Every cut of every format is an error, and never a half-grey picture.
    @Test(arguments: [
        "rgb8.png", "rgb16-interlaced.png", "420.jpg", "progressive.jpg", "rgb.bmp", "rgb.tiff", "lzw.tiff", "rgb.gif",
        "lossless.webp", "lossy.webp", "lossy-alpha.webp",
    ])
    func refusesTruncatedFiles(_ name: String) throws {
        let file = MediaFixtures.bytes(name)
        try #require(file.count > 50)
        for percent in [1, 5, 20, 50, 80, 95, 99] {
            let cut = Array(file.prefix(max(1, file.count * percent / 100)))
            let error = #expect(throws: MediaError.self, "\(name) cut to \(percent) %") {
                try cut.withUnsafeBufferPointer { try ImageReader.decode($0, path: name) }
            }
            #expect(error?.description.contains(name) == true)
        }
    }

    @Test func copiesCallersPixels() throws {
        let width = 3
        let height = 2
        var rgb = [UInt8](repeating: 99, count: 2 * 11)
        for y in 0..<2 { for x in 0..<9 { rgb[y * 11 + x] = UInt8(y * 9 + x) } }
        let image = try ImageReader.fromPixels(rgb, width: width, height: height, stride: 11, layout: .rgb)
        #expect(image.array == Array(0..<18))
        let bgra: [UInt8] = [1, 2, 3, 255, 10, 20, 30, 0, 100, 100, 100, 128]
        let mixed = try ImageReader.fromPixels(bgra, width: 3, height: 1, stride: 12, layout: .bgra)
        #expect(mixed.array == [3, 2, 1, 255, 255, 255, 177, 177, 177])
        #expect(mixed.alpha.map { Array($0.bytes) } == [255, 0, 128])
        var back = [UInt8](repeating: 0, count: 12)
        try mixed.copy(to: &back, stride: 12, layout: .bgra)
        #expect(back == [1, 2, 3, 255, 0, 0, 0, 0, 100, 100, 100, 128])
        var flipped = [UInt8](repeating: 0, count: 18)
        try image.copy(to: &flipped, stride: 9, layout: .rgb, bottomUp: true)
        #expect(flipped == Array(9..<18) + Array(0..<9))
    }

    @Test(arguments: [
        (0, 4, 100), (4, 0, 100), (-1, 4, 100), (4, 4, 11), (4, 4, -12), (4, 4, Int.max), (20000, 4, 60000),
        (Int.max, Int.max, Int.max), (4, 4, Int.max / 3),
    ])
    func refusesBadCallersPixels(_ width: Int, _ height: Int, _ stride: Int) {
        let bytes = [UInt8](repeating: 0, count: 64)
        #expect(throws: MediaError.self) {
            try ImageReader.fromPixels(bytes, width: width, height: height, stride: stride, layout: .rgb)
        }
        #expect(throws: MediaError.self) {
            try ImageReader.fromPixels(nil, width: 4, height: 4, stride: 12, layout: .rgb)
        }
    }
}
