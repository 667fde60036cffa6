/// The RIFF container of a WebP file: one picture, or the frames of an animation.
///
/// FFmpeg 5.1 decodes single WebP pictures only, so an animation's frames are taken apart here and decoded one by one.
/// Source: the WebP container specification.
struct WebPContainer {
    struct Frame {
        /// Place of the frame on the canvas, in pixels.
        let x: Int
        let y: Int
        let width: Int
        let height: Int
        let milliseconds: Int
        /// False: the frame's pixels replace the canvas where it lies; true: they are blended over it.
        let blends: Bool
        /// True: the frame's place is cleared to transparent after it was shown.
        let clears: Bool
        /// The frame's own chunks (ALPH, VP8, VP8L), as they lie in the file.
        let chunks: ByteView
    }

    let header: ImageHeader
    let frames: [Frame]

    /// - Throws: `MediaError.damaged` where the file is shorter than it says, or holds no picture.
    init(_ whole: ByteView, path: String) throws {
        guard let size = whole.little32(4) else { throw ImageHeader.damaged(.webp, path, "its header is cut off") }
        guard size >= 4, let view = whole.slice(0, size + 8) else {
            throw ImageHeader.damaged(
                .webp, path, "it is truncated: its header announces \(size) bytes, \(whole.count - 8) are there")
        }
        var canvas: (Int, Int)?
        var picture: (Int, Int)?
        var orientation = 1
        var frames: [Frame] = []
        var position = 12
        while position + 8 <= view.count {
            guard let name = view.name(position), let length = view.little32(position + 4),
                let body = view.slice(position + 8, length)
            else { throw ImageHeader.damaged(.webp, path, "it is truncated within a chunk at byte \(position)") }
            switch name {
            case "VP8X":
                if let width = body.little24(4), let height = body.little24(7) { canvas = (width + 1, height + 1) }
            case "VP8 ", "VP8L": picture = Self.pictureSize(name, body) ?? picture
            case "EXIF": orientation = TIFFDirectory(body)?.orientation ?? 1
            case "ANMF": frames.append(try Self.frame(body, path: path))
            default: break
            }
            position += 8 + length + (length & 1)
        }
        guard let (width, height) = canvas ?? picture, picture != nil || !frames.isEmpty else {
            throw ImageHeader.damaged(.webp, path, "it holds no picture")
        }
        header = ImageHeader(
            format: .webp, width: width, height: height, orientation: orientation, length: view.count,
            isAnimated: !frames.isEmpty)
        self.frames = frames
    }

    /// A still WebP file of one frame's chunks, as the decoder wants it.
    static func still(_ frame: Frame) throws -> PixelBuffer {
        let file = try PixelBuffer(count: 30 + frame.chunks.count, zeroed: true)
        let out = UnsafeMutableBufferPointer(start: file.pointer, count: file.count)
        func put(_ text: StaticString, _ position: Int) {
            for index in 0..<text.utf8CodeUnitCount { out[position + index] = text.utf8Start[index] }
        }
        func put(_ value: Int, _ size: Int, _ position: Int) {
            for index in 0..<size { out[position + index] = UInt8(truncatingIfNeeded: value >> (8 * index)) }
        }
        put("RIFF", 0)
        put(file.count - 8, 4, 4)
        put("WEBPVP8X", 8)
        put(10, 4, 16)
        put(frame.chunks.has("ALPH") || frame.chunks.has("VP8L") ? 0x10 : 0, 1, 20)
        put(frame.width - 1, 3, 24)
        put(frame.height - 1, 3, 27)
        for index in 0..<frame.chunks.count { out[30 + index] = frame.chunks.bytes[index] }
        return file
    }

    private static func frame(_ body: ByteView, path: String) throws -> Frame {
        guard let x = body.little24(0), let y = body.little24(3), let width = body.little24(6),
            let height = body.little24(9), let duration = body.little24(12), let flags = body.byte(15),
            let chunks = body.slice(16, body.count - 16)
        else { throw ImageHeader.damaged(.webp, path, "a frame's header is cut off") }
        return Frame(
            x: x * 2, y: y * 2, width: width + 1, height: height + 1, milliseconds: duration,
            blends: flags & 2 == 0, clears: flags & 1 != 0, chunks: chunks)
    }

    private static func pictureSize(_ name: String, _ body: ByteView) -> (Int, Int)? {
        if name == "VP8 " {
            guard body.number(3, size: 3, bigEndian: true) == 0x9D012A, let width = body.little16(6),
                let height = body.little16(8)
            else { return nil }
            return (width & 0x3FFF, height & 0x3FFF)
        }
        guard body.byte(0) == 0x2F, let bits = body.little32(1) else { return nil }
        return ((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
    }
}
