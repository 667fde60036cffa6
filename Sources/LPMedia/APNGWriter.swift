import Glibc

/// Writes animated PNGs, lossless: frames come from libpng and are put into the animation's chunks here. Later frames
/// hold the rectangle that changed. A clip of one frame is a plain PNG.
/// Source: PNG specification, third edition, section 11.3.7.
enum APNGWriter {
    static func write(_ clip: ClipSource, to hiddenPath: String) throws {
        let first = try clip.first()
        let withAlpha = first.alpha != nil
        let sink = try FileSink(creating: hiddenPath, path: clip.path)
        var sequence = 0
        var shown: RGBImage?
        for index in 0..<clip.count {
            let frame = try clip.frame(index)
            let box = changedBox(shown, frame)
            let part = shown == nil ? frame : try crop(frame, box)
            let file = try PNGWriter.encode(part, withAlpha: withAlpha, path: clip.path)
            try withExtendedLifetime(file.buffer) {
                if index == 0 { try writeHead(file, clip: clip, to: sink) }
                if clip.count > 1 {
                    try sink.write(control(sequence, box, clip.fps))
                    sequence += 1
                }
                for data in chunks(file).filter({ $0.name == "IDAT" }) {
                    if index == 0 {
                        try sink.write(PNGChunk.make("IDAT", Array(data.body.bytes)))
                    } else {
                        try sink.write(PNGChunk.make("fdAT", PNGChunk.big32(sequence) + data.body.bytes))
                        sequence += 1
                    }
                }
            }
            shown = frame
            clip.progress(Double(index + 1) / Double(clip.count))
        }
        try sink.write(PNGChunk.make("IEND", []))
        try sink.finish()
    }

    /// Signature, header, comment, animation header, colour space.
    private static func writeHead(_ file: PNGWriter.Encoded, clip: ClipSource, to sink: FileSink) throws {
        try sink.write([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
        for chunk in chunks(file) {
            switch chunk.name {
            case "IHDR":
                try sink.write(PNGChunk.make("IHDR", Array(chunk.body.bytes)))
                if let comment = clip.comment, !comment.isEmpty { try sink.write(PNGChunk.text(comment)) }
                if clip.count > 1 {
                    try sink.write(PNGChunk.make("acTL", PNGChunk.big32(clip.count) + PNGChunk.big32(0)))
                }
            case "gAMA": try sink.write(PNGChunk.make("gAMA", Array(chunk.body.bytes)))
            case "sRGB": try sink.write(PNGChunk.make("sRGB", Array(chunk.body.bytes)))
            case "cHRM": try sink.write(PNGChunk.make("cHRM", Array(chunk.body.bytes)))
            default: break
            }
        }
    }

    private static func chunks(_ file: PNGWriter.Encoded) -> [(name: String, body: ByteView)] {
        let view = ByteView(file.bytes)
        var chunks: [(name: String, body: ByteView)] = []
        var position = 8
        while let length = view.big32(position), let name = view.name(position + 4),
            let body = view.slice(position + 8, length)
        {
            chunks.append((name, body))
            position += 12 + length
        }
        return chunks
    }

    /// fcTL: the rectangle, the delay, keep afterwards, replace.
    private static func control(_ sequence: Int, _ box: Box, _ fps: FrameRate) -> [UInt8] {
        let fits = fps.numerator <= 65535 && fps.denominator <= 65535
        let delay = fits ? Int(fps.denominator) : Int((1000 / fps.value).rounded())
        let unit = fits ? Int(fps.numerator) : 1000
        let place = [sequence, box.width, box.height, box.x, box.y].flatMap(PNGChunk.big32)
        return PNGChunk.make("fcTL", place + PNGChunk.big16(delay) + PNGChunk.big16(unit) + [0, 0])
    }

    // MARK: What changed

    private struct Box { var x = 0, y = 0, width = 1, height = 1 }

    private static func changedBox(_ before: RGBImage?, _ now: RGBImage) -> Box {
        guard let before else { return Box(width: now.width, height: now.height) }
        if (before.alpha == nil) != (now.alpha == nil) { return Box(width: now.width, height: now.height) }
        var (left, right, top, bottom) = (now.width, -1, now.height, -1)
        for y in 0..<now.height {
            let row = y * now.width
            let isSame = memcmp(before.pixels.pointer + row * 3, now.pixels.pointer + row * 3, now.width * 3) == 0
            var isSameAlpha = true
            if let old = before.alpha, let new = now.alpha {
                isSameAlpha = memcmp(old.pointer + row, new.pointer + row, now.width) == 0
            }
            if isSame && isSameAlpha { continue }
            top = min(top, y)
            bottom = y
            for x in 0..<now.width where differs(before, now, row + x) {
                left = min(left, x)
                right = max(right, x)
            }
        }
        guard right >= 0 else { return Box() }
        return Box(x: left, y: top, width: right - left + 1, height: bottom - top + 1)
    }

    private static func differs(_ a: RGBImage, _ b: RGBImage, _ pixel: Int) -> Bool {
        for channel in pixel * 3..<pixel * 3 + 3 where a.pixels.pointer[channel] != b.pixels.pointer[channel] {
            return true
        }
        guard let first = a.alpha, let second = b.alpha else { return false }
        return first.pointer[pixel] != second.pointer[pixel]
    }

    private static func crop(_ image: RGBImage, _ box: Box) throws -> RGBImage {
        let out = try RGBImage(width: box.width, height: box.height, withAlpha: image.alpha != nil)
        for y in 0..<box.height {
            let place = (box.y + y) * image.width + box.x
            memcpy(out.pixels.pointer + y * box.width * 3, image.pixels.pointer + place * 3, box.width * 3)
            if let alpha = image.alpha, let outAlpha = out.alpha {
                memcpy(outAlpha.pointer + y * box.width, alpha.pointer + place, box.width)
            }
        }
        return out
    }
}
