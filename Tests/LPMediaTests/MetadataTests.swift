import Glibc
import Testing

@testable import LPMedia

@Suite struct MetadataTests {
    private func contains(_ path: String, _ text: String) throws -> Bool {
        let bytes = try FileBytes.read(path).array
        let wanted = Array(text.utf8)
        return bytes.indices.contains { start in
            start + wanted.count <= bytes.count && bytes[start] == wanted[0]
                && bytes[start..<start + wanted.count].elementsEqual(wanted)
        }
    }

    @Test(arguments: ["mp4", "webm", "gif", "png", "/"], ["the wind blows; seed 7", "der Wind weht über ☀"])
    func keepsTheRecipe(_ ending: String, _ comment: String) throws {
        let scratch = try ScratchFolder()
        let path = ending == "/" ? "\(scratch.path)/clip/" : "\(scratch.path)/clip.\(ending)"
        try ClipWriter.write(count: 2, fps: FrameRate(8), to: path, comment: comment) {
            try MediaFixtures.frame($0, width: 32, height: 32)
        }
        #expect(try contains(ending == "/" ? path + "frame_0001.png" : path, comment))
    }

    @Test func longCommentsFitIntoGIF() throws {
        let scratch = try ScratchFolder()
        let path = "\(scratch.path)/clip.gif"
        try ClipWriter.write(count: 2, fps: FrameRate(8), to: path, comment: String(repeating: "x", count: 1000)) {
            try MediaFixtures.frame($0, width: 32, height: 32)
        }
        #expect(try VideoReader.frames(path: path).frames.count == 2)
    }

    @Test(arguments: ["png", "webp", "/"])
    func keepsTransparency(_ ending: String) throws {
        let scratch = try ScratchFolder()
        let path = ending == "/" ? "\(scratch.path)/clip/" : "\(scratch.path)/clip.\(ending)"
        func frame(_ index: Int) throws -> RGBImage {
            let bytes: [UInt8] = (0..<256).flatMap { [200, 100, 50, $0 % 16 < 8 + index ? 0 : 255] as [UInt8] }
            return try RGBImage.fromPixels(bytes, width: 16, height: 16, stride: 64, layout: .rgba)
        }
        try ClipWriter.write(count: 2, fps: FrameRate(8), to: path) { try frame($0) }
        let found =
            ending == "/"
            ? try ImageReader.read(path: path + "frame_0001.png") : try VideoReader.frames(path: path).frames[1]
        let alpha = try #require(found.alpha)
        #expect(try Array(alpha.bytes) == frame(1).alpha?.array)
    }

    @Test func writesSinglePictures() throws {
        let scratch = try ScratchFolder()
        let image = try MediaFixtures.frame(3, width: 61, height: 7)
        let path = "\(scratch.path)/sheet.png"
        try PNGWriter.write(image, to: path, comment: "contact sheet")
        #expect(try ImageReader.read(path: path).array == image.array)
        #expect(try contains(path, "contact sheet"))
        #expect(scratch.names == ["sheet.png"])
        #expect(throws: MediaError.self) { try PNGWriter.write(image, to: "\(scratch.path)/no/sheet.png") }
        #expect(throws: MediaError.self) { try PNGWriter.write(image, to: scratch.path) }
    }

    /// A link is followed; what it points to is replaced.
    @Test func followsLinks() throws {
        let scratch = try ScratchFolder()
        mkdir("\(scratch.path)/there", 0o755)
        _ = try scratch.write("there/real.png", [1])
        symlink("there/real.png", "\(scratch.path)/link.png")
        try PNGWriter.write(MediaFixtures.frame(0, width: 4, height: 4), to: "\(scratch.path)/link.png")
        #expect(try ImageReader.read(path: "\(scratch.path)/there/real.png").width == 4)
        #expect(ScratchFolder.names("\(scratch.path)/there") == ["real.png"])
    }

    /// Pictures of few colours lose nothing in a GIF.
    @Test func gifKeepsFewColoursExactly() throws {
        let scratch = try ScratchFolder()
        func frame(_ index: Int) throws -> RGBImage {
            let image = try RGBImage(width: 40, height: 30)
            for pixel in 0..<1200 {
                let colour = UInt8((pixel % 40 / 5 + pixel / 40 + index) % 50)
                image.pixels.pointer[pixel * 3] = colour
                image.pixels.pointer[pixel * 3 + 1] = colour &* 5
                image.pixels.pointer[pixel * 3 + 2] = 255 - colour
            }
            return image
        }
        let path = "\(scratch.path)/clip.gif"
        try ClipWriter.write(count: 5, fps: FrameRate(10), to: path) { try frame($0) }
        for (index, found) in try VideoReader.frames(path: path).frames.enumerated() {
            #expect(try found.array == frame(index).array)
        }
    }

    /// FFmpeg's level is the host's again after our calls.
    @Test func restoresTheLogLevel() throws {
        #expect(FFmpegSilence.during { FFmpegSilence.isSilent })
    }
}
