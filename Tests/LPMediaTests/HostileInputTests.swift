import Glibc
import Testing

@testable import LPMedia

/// Small deterministic random numbers (SplitMix64).
struct MutationNumbers {
    var state: UInt64

    mutating func below(_ limit: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((value ^ (value >> 31)) % UInt64(max(limit, 1)))
    }
}

@Suite struct HostileInputTests {
    /// Reads thousands of broken images. Whatever happens, it is an error of ours or an image within the limits.
    @Test(arguments: ["png", "jpg", "webp", "bmp", "tiff", "gif"])
    func brokenImagesNeverTrap(_ ending: String) {
        var numbers = MutationNumbers(state: 7)
        let names = ScratchFolder.names(MediaFixtures.folder).filter { $0.hasSuffix(ending) && !$0.hasPrefix("ssim") }
        var refused = 0
        for name in names {
            let original = MediaFixtures.bytes(name)
            for round in 0..<max(600 / names.count, 12) {
                var bytes = original
                for _ in 0...numbers.below(4) {
                    // Half of the flips go to the header, where they do the most harm.
                    let place = numbers.below(numbers.below(2) == 0 ? min(64, bytes.count) : bytes.count)
                    bytes[place] =
                        round & 1 == 0 ? bytes[place] ^ UInt8(1 << numbers.below(8)) : UInt8(numbers.below(256))
                }
                if round % 3 == 0 { bytes.removeLast(numbers.below(bytes.count)) }
                // A size that a flip has made plausible may cost seconds to decode, rightly.
                guard isSmall(bytes) else { continue }
                do {
                    let image = try bytes.withUnsafeBufferPointer { try ImageReader.decode($0, path: name) }
                    #expect(image.pixels.count == image.width * image.height * 3)
                } catch {
                    refused += 1
                    #expect(error is MediaError)
                }
            }
        }
        #expect(refused > 100)
    }

    private func isSmall(_ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBufferPointer { view in
            guard let header = try? ImageHeader.read(ByteView(view), path: "") else { return true }
            return header.width * header.height <= 1 << 18
        }
    }

    @Test(arguments: ["mp4", "webm", "gif", "png", "webp"])
    func brokenVideosNeverTrap(_ ending: String) throws {
        let scratch = try ScratchFolder()
        let path = "\(scratch.path)/clip.\(ending)"
        try ClipWriter.write(count: 3, fps: FrameRate(8), to: path) {
            try MediaFixtures.frame($0, width: 32, height: 24)
        }
        let original = try FileBytes.read(path).array
        var numbers = MutationNumbers(state: 11)
        for round in 0..<60 {
            var bytes = original
            for _ in 0...numbers.below(6) { bytes[numbers.below(bytes.count)] = UInt8(numbers.below(256)) }
            if round % 4 == 0 { bytes.removeLast(numbers.below(bytes.count - 1)) }
            let broken = try scratch.write("\(round).\(ending)", bytes)
            do {
                var seen = 0
                let count = try VideoReader.read(path: broken, limit: 8) {
                    guard $0.width * $0.height <= 1 << 18 else { throw MediaError.invalidArgument("large") }
                } body: { image, _ in
                    #expect(image.pixels.count == image.width * image.height * 3)
                    seen += 1
                    return true
                }
                #expect(count == seen && count > 0)
            } catch {
                #expect(error is MediaError)
            }
        }
    }

    @Test func refusesWhatIsNoVideo() throws {
        let scratch = try ScratchFolder()
        let list = try scratch.write("list.m3u8", Array("#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n".utf8))
        let concat = try scratch.write("list.txt", Array("ffconcat version 1.0\nfile '/etc/passwd'\n".utf8))
        let text = try scratch.write("text.mp4", Array("no video at all, only words".utf8))
        let empty = try scratch.write("empty.mp4", [])
        for path in [list, concat, text, empty, scratch.path, "\(scratch.path)/missing.mp4", "/dev/null", ""] {
            let error = #expect(throws: MediaError.self) { try VideoReader.frames(path: path) }
            #expect(path.isEmpty || error?.description.contains(path) == true)
        }
        #expect(throws: MediaError.self) { try VideoReader.frames(path: text, limit: 0) }
        #expect(throws: MediaError.self) { try MotionMeter.measure(path: MediaFixtures.path("rgb8.png")) }
    }

    @Test func readsAnimationsAndStills() throws {
        let webp = try VideoReader.frames(path: MediaFixtures.path("animated.webp"))
        #expect(webp.frames.count == 3 && webp.information.fps == 10)
        let last = try #require(MediaFixtures.all.first { $0.name == "animated.webp#2" })
        let errors = zip(webp.frames[2].bytes, last.pixels).map { abs(Int($0) - Int($1)) }
        #expect(errors.max() ?? 255 <= 1)
        #expect(try VideoReader.frames(path: MediaFixtures.path("animated.gif")).frames.count == 3)
        let still = try VideoReader.frames(path: MediaFixtures.path("orientation6.jpg"))
        #expect(still.frames.count == 1 && still.information.width == 40 && still.information.fps == nil)
        #expect(try VideoReader.frames(path: MediaFixtures.path("animated.gif"), limit: 2).frames.count == 2)
    }

    /// A disk that fills up: an error, and nothing is left.
    @Test(arguments: ["mp4", "webm", "webp", "gif", "png", "/"])
    func fullDiskLeavesNothing(_ ending: String) throws {
        let scratch = try ScratchFolder()
        let disk = "\(scratch.path)/disk"
        mkdir(disk, 0o755)
        guard mount("tmpfs", disk, "tmpfs", 0, "size=16k") == 0 else { return }
        defer { umount2(disk, Int32(MNT_DETACH)) }
        let path = ending == "/" ? "\(disk)/clip/" : "\(disk)/clip.\(ending)"
        var numbers = MutationNumbers(state: 3)
        let error = #expect(throws: MediaError.self) {
            try ClipWriter.write(count: 6, fps: FrameRate(8), to: path) { _ in
                let image = try RGBImage(width: 160, height: 120)
                for index in 0..<image.pixels.count { image.pixels.pointer[index] = UInt8(numbers.below(256)) }
                return image
            }
        }
        guard case .cannotWrite(let named, let reason) = error else {
            Issue.record("\(ending): \(String(describing: error))")
            return
        }
        #expect(named == path && reason == "No space left on device")
        #expect(ScratchFolder.names(disk).isEmpty)
    }

    @Test func refusesUnwritableFolders() throws {
        let error = #expect(throws: MediaError.self) {
            try ClipWriter.write(count: 2, fps: FrameRate(8), to: "/proc/clip.mp4") {
                try MediaFixtures.frame($0, width: 8, height: 8)
            }
        }
        #expect(error?.description.contains("/proc/clip.mp4") == true)
        guard geteuid() != 0 else { return }
        let scratch = try ScratchFolder()
        chmod(scratch.path, 0o500)
        #expect(throws: MediaError.cannotWrite(path: "\(scratch.path)/a.gif", reason: "Permission denied")) {
            try ClipWriter.write(count: 2, fps: FrameRate(8), to: "\(scratch.path)/a.gif") {
                try MediaFixtures.frame($0, width: 8, height: 8)
            }
        }
    }
}
