import Glibc
import Testing

@testable import LPMedia

@Suite struct ClipWriterTests {
    static let fileEndings = ["mp4", "webm", "webp", "gif", "png"]

    /// Largest mean error, in levels, of a smooth clip after a round trip.
    private func tolerance(_ ending: String) -> Double {
        switch ending {
        case "png", "/": return 0
        case "gif": return 6
        default: return 3
        }
    }

    private func path(_ scratch: ScratchFolder, _ ending: String) -> String {
        ending == "/" ? "\(scratch.path)/clip/" : "\(scratch.path)/clip.\(ending)"
    }

    private func readBack(_ path: String) throws -> [RGBImage] {
        guard path.hasSuffix("/") else { return try VideoReader.frames(path: path).frames }
        return try ScratchFolder.names(path).map { try ImageReader.read(path: path + $0) }
    }

    @Test(arguments: fileEndings + ["/"], [(64, 48, 6), (37, 23, 3), (1, 1, 2), (16, 16, 1), (2, 90, 2)])
    func roundTrip(_ ending: String, _ shape: (Int, Int, Int)) throws {
        let (width, height, count) = shape
        let scratch = try ScratchFolder()
        let path = path(scratch, ending)
        var fractions: [Double] = []
        let report = try ClipWriter.write(
            count: count, fps: FrameRate(8), to: path, comment: "wind, level 6", progress: { fractions.append($0) }
        ) { try MediaFixtures.frame($0, width: width, height: height) }
        #expect(report.frameCount == count)
        #expect(fractions.last == 1)
        #expect(zip(fractions, fractions.dropFirst()).allSatisfy { $0 < $1 })
        let frames = try readBack(path)
        #expect(frames.count == count)
        for (index, frame) in frames.enumerated() {
            #expect(frame.width == report.width && frame.height == report.height)
            let wanted = try MediaFixtures.frame(index, width: width, height: height)
            let error = MediaFixtures.difference(wanted, try cropped(frame, width: width, height: height))
            #expect(error <= tolerance(ending), "\(ending) frame \(index): \(error)")
        }
        #expect(scratch.names.count == 1)
        if ending == "mp4", width & 1 == 1 { #expect(report.width == width + 1 && !report.notes.isEmpty) }
    }

    private func cropped(_ image: RGBImage, width: Int, height: Int) throws -> RGBImage {
        try RGBImage.fromPixels(
            image.pixels.pointer, width: width, height: height, stride: image.width * 3, layout: .rgb)
    }

    @Test(arguments: fileEndings, [(1, 1), (24, 1), (30000, 1001), (120, 1), (25, 2)])
    func keepsTheFrameRate(_ ending: String, _ rate: (Int, Int)) throws {
        let scratch = try ScratchFolder()
        let fps = try FrameRate(rate.0, per: rate.1)
        try ClipWriter.write(count: 12, fps: fps, to: path(scratch, ending)) {
            try MediaFixtures.frame($0, width: 32, height: 32)
        }
        let found = try VideoReader.frames(path: path(scratch, ending)).information.fps ?? 0
        // WebM and WebP count in milliseconds, GIF in hundredths of a second.
        let wanted = ending == "gif" ? min(fps.value, 50) : fps.value
        #expect(abs(found / wanted - 1) < (ending == "mp4" ? 1e-6 : 0.05), "\(found) for \(fps.value)")
    }

    @Test(arguments: fileEndings + ["/"])
    func sameFramesGiveTheSameBytes(_ ending: String) throws {
        let scratch = try ScratchFolder()
        var seen: [[UInt8]] = []
        for _ in 0..<2 {
            let path = path(scratch, ending)
            try ClipWriter.write(count: 5, fps: FrameRate(8), to: path, comment: "recipe") {
                try MediaFixtures.frame($0, width: 80, height: 60)
            }
            let file = ending == "/" ? path + "frame_0003.png" : path
            seen.append(try FileBytes.read(file).array)
        }
        let isSame = seen[0] == seen[1]
        #expect(isSame, "\(ending) differs from run to run")
    }

    @Test(arguments: fileEndings + ["/"])
    func cancelLeavesNothing(_ ending: String) throws {
        let scratch = try ScratchFolder()
        for moment in [0, 1, 4] {
            var done = 0
            #expect(throws: MediaError.cancelled) {
                try ClipWriter.write(
                    count: 5, fps: FrameRate(8), to: path(scratch, ending), cancel: { done >= moment }
                ) { index in
                    done += 1
                    return try MediaFixtures.frame(index, width: 32, height: 32)
                }
            }
            #expect(scratch.names.isEmpty)
        }
    }

    @Test(arguments: fileEndings + ["/"])
    func failureKeepsTheOldFile(_ ending: String) throws {
        struct Broken: Error {}
        let scratch = try ScratchFolder()
        let path = path(scratch, ending)
        try ClipWriter.write(count: 2, fps: FrameRate(8), to: path) {
            try MediaFixtures.frame($0, width: 32, height: 32)
        }
        let file = ending == "/" ? path + "frame_0000.png" : path
        let before = try FileBytes.read(file).array
        #expect(throws: Broken.self) {
            try ClipWriter.write(count: 5, fps: FrameRate(8), to: path) {
                if $0 == 3 { throw Broken() }
                return try MediaFixtures.frame($0 + 7, width: 32, height: 32)
            }
        }
        #expect(throws: MediaError.self) {
            try ClipWriter.write(count: 5, fps: FrameRate(8), to: path) {
                try MediaFixtures.frame($0 + 7, width: 32 + $0, height: 32)
            }
        }
        #expect(try FileBytes.read(file).array == before)
        #expect(scratch.names.count == 1)
    }

    @Test func existingFolderKeepsItsOtherFiles() throws {
        let scratch = try ScratchFolder()
        let folder = "\(scratch.path)/clip/"
        mkdir(folder, 0o755)
        _ = try scratch.write("clip/notes.txt", [65])
        try ClipWriter.write(count: 3, fps: FrameRate(8), to: folder) {
            try MediaFixtures.frame($0, width: 8, height: 8)
        }
        #expect(ScratchFolder.names(folder) == ["frame_0000.png", "frame_0001.png", "frame_0002.png", "notes.txt"])
        #expect(scratch.names == ["clip"])
    }

    @Test(arguments: ["clip.avi", "clip", "", "clip.jpg", ".mp4/x", "no-such-folder/clip.mp4", "folder", "a\0.mp4"])
    func refusesBadTargets(_ name: String) throws {
        let scratch = try ScratchFolder()
        mkdir("\(scratch.path)/folder.mp4", 0o755)
        let target = name == "folder" ? "\(scratch.path)/folder.mp4" : name.isEmpty ? "" : "\(scratch.path)/\(name)"
        #expect(throws: MediaError.self) {
            try ClipWriter.write(count: 2, fps: FrameRate(8), to: target) {
                try MediaFixtures.frame($0, width: 8, height: 8)
            }
        }
        #expect(scratch.names == ["folder.mp4"])
    }

    @Test func refusesDevicesAndBadCounts() throws {
        let scratch = try ScratchFolder()
        for count in [0, -1, 1_000_000, Int.max] {
            #expect(throws: MediaError.self) {
                try ClipWriter.write(count: count, fps: FrameRate(8), to: "\(scratch.path)/a.mp4") {
                    try MediaFixtures.frame($0, width: 8, height: 8)
                }
            }
        }
        symlink("/dev/full", "\(scratch.path)/full.mp4")
        let error = #expect(throws: MediaError.self) {
            try ClipWriter.write(count: 2, fps: FrameRate(8), to: "\(scratch.path)/full.mp4") {
                try MediaFixtures.frame($0, width: 8, height: 8)
            }
        }
        #expect(error?.description.contains("a device") == true)
        for (top, bottom) in [(0, 1), (121, 1), (1, 2), (-5, 1), (24, 0), (Int.max, 1)] {
            #expect(throws: MediaError.self) { try FrameRate(top, per: bottom) }
        }
        for value in [0, 0.5, 121, .nan, .infinity] { #expect(throws: MediaError.self) { try FrameRate(value) } }
        #expect(try FrameRate(29.97) == FrameRate(30000, per: 1001))
        #expect(try FrameRate(12.5) == FrameRate(25, per: 2))
    }

    @Test func fallsBackToAnotherEncoder() throws {
        let scratch = try ScratchFolder()
        let path = "\(scratch.path)/clip.mp4"
        let report = try ClipWriter.write(
            count: 4, fps: FrameRate(8), to: path, comment: nil, encoders: ["no-such-encoder", "mpeg4"],
            cancel: { false }, progress: { _ in }, frames: { try MediaFixtures.frame($0, width: 64, height: 48) })
        #expect(report.encoder == "mpeg4")
        #expect(report.notes.first?.contains("no-such-encoder") == true)
        #expect(try VideoReader.frames(path: path).frames.count == 4)
        let error = #expect(throws: MediaError.self) {
            try ClipWriter.write(
                count: 4, fps: FrameRate(8), to: path, comment: nil, encoders: ["no-such-encoder"],
                cancel: { false }, progress: { _ in }, frames: { try MediaFixtures.frame($0, width: 64, height: 48) })
        }
        #expect(error?.description.contains("no-such-encoder") == true)
    }
}
