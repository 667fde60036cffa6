/// Writes animated GIFs: one palette for the whole clip, only what changed per frame, endless loop.
/// Source: GIF89a specification; the loop extension of Netscape 2.0.
enum GIFWriter {
    /// The palette is made from at most so many frames, spread over the clip.
    private static let paletteFrames = 64
    /// Viewers slow down anything shorter.
    private static let shortestDelay = 2

    static func write(_ clip: ClipSource, to hiddenPath: String, report: inout ClipReport) throws {
        let first = try clip.first()
        let palette = try makePalette(clip)
        // One more entry stands for "as before".
        let transparent = palette.colours.count
        var bits = 1
        while 1 << bits < palette.colours.count + 1 { bits += 1 }
        let sink = try FileSink(creating: hiddenPath, path: clip.path)
        try sink.write(head(clip, first, palette, bits: bits))
        var dither = PaletteDither(palette)
        var shown: [UInt8] = []
        var indices = [UInt8](repeating: 0, count: first.width * first.height)
        for index in 0..<clip.count {
            dither.map(try clip.frame(index), into: &indices)
            let box = changedBox(shown, indices, width: first.width, height: first.height)
            let part = cut(indices, before: shown, box, width: first.width, transparent: UInt8(transparent))
            try sink.write(control(delay: delay(clip.fps, index), transparent: transparent))
            try sink.write(descriptor(box) + GIFCompressor.compress(part, colourBits: bits))
            shown = indices
            clip.progress(0.5 + 0.5 * Double(index + 1) / Double(clip.count))
        }
        try sink.write([0x3B])
        try sink.finish()
        if clip.fps.value > 50 {
            report.notes.append("GIF viewers show at most 50 frames per second; the clip plays slower there")
        }
    }

    private static func makePalette(_ clip: ClipSource) throws -> ClipPalette {
        var histogram = ColourHistogram()
        let sampled = min(clip.count, paletteFrames)
        for step in 0..<sampled {
            let index = sampled == 1 ? 0 : step * (clip.count - 1) / (sampled - 1)
            histogram.add(try clip.frame(index))
            clip.progress(0.5 * Double(step + 1) / Double(sampled + 1))
        }
        return ClipPalette(histogram)
    }

    /// Hundredths of a second, rounded so that the sum stays right.
    private static func delay(_ fps: FrameRate, _ index: Int) -> Int {
        let unit = 100 * Int(fps.denominator)
        let rate = Int(fps.numerator)
        func time(_ frame: Int) -> Int { (2 * frame * unit + rate) / (2 * rate) }
        return max(time(index + 1) - time(index), shortestDelay)
    }

    // MARK: What changed

    private struct Box { var x = 0, y = 0, width = 1, height = 1 }

    /// The smallest rectangle that holds all changes; one pixel where there is none, all of the first frame.
    private static func changedBox(_ before: [UInt8], _ now: [UInt8], width: Int, height: Int) -> Box {
        guard before.count == now.count else { return Box(width: width, height: height) }
        var (left, right, top, bottom) = (width, -1, height, -1)
        for y in 0..<height {
            for x in 0..<width where before[y * width + x] != now[y * width + x] {
                left = min(left, x)
                right = max(right, x)
                top = min(top, y)
                bottom = y
            }
        }
        guard right >= 0 else { return Box() }
        return Box(x: left, y: top, width: right - left + 1, height: bottom - top + 1)
    }

    private static func cut(
        _ now: [UInt8], before: [UInt8], _ box: Box, width: Int, transparent: UInt8
    ) -> [UInt8] {
        var part: [UInt8] = []
        part.reserveCapacity(box.width * box.height)
        for y in box.y..<box.y + box.height {
            for place in y * width + box.x..<y * width + box.x + box.width {
                part.append(before.count == now.count && before[place] == now[place] ? transparent : now[place])
            }
        }
        return part
    }

    // MARK: Blocks

    private static func little16(_ value: Int) -> [UInt8] {
        [UInt8(truncatingIfNeeded: value), UInt8(truncatingIfNeeded: value >> 8)]
    }

    private static func head(_ clip: ClipSource, _ first: RGBImage, _ palette: ClipPalette, bits: Int) -> [UInt8] {
        var bytes = Array("GIF89a".utf8) + little16(first.width) + little16(first.height)
        bytes += [0x80 | 0x70 | UInt8(truncatingIfNeeded: bits - 1), 0, 0]
        for index in 0..<1 << bits {
            let colour = index < palette.colours.count ? palette.colours[index] : (0, 0, 0)
            for value in [colour.0, colour.1, colour.2] {
                bytes.append(UInt8(truncatingIfNeeded: Int(min(max(value, 0), 255))))
            }
        }
        if clip.count > 1 { bytes += [0x21, 0xFF, 11] + Array("NETSCAPE2.0".utf8) + [3, 1, 0, 0, 0] }
        if let comment = clip.comment, !comment.isEmpty {
            bytes += [0x21, 0xFE]
            let text = Array(comment.utf8)
            for start in stride(from: 0, to: text.count, by: 255) {
                let part = text[start..<min(start + 255, text.count)]
                bytes += [UInt8(truncatingIfNeeded: part.count)] + part
            }
            bytes.append(0)
        }
        return bytes
    }

    /// Graphic control: leave in place, transparent entry, delay.
    private static func control(delay: Int, transparent: Int) -> [UInt8] {
        [0x21, 0xF9, 4, 1 << 2 | 1] + little16(delay) + [UInt8(truncatingIfNeeded: transparent), 0]
    }

    private static func descriptor(_ box: Box) -> [UInt8] {
        [0x2C] + little16(box.x) + little16(box.y) + little16(box.width) + little16(box.height) + [0]
    }
}
