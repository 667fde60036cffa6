import CFFmpeg
import Glibc

/// Turns decoded FFmpeg frames of any pixel format into 8-bit sRGB.
///
/// Every pixel format with up to 16 bits a channel is read through FFmpeg's own format descriptions. Done here rather
/// than by swscale, which stretches chroma where a side is odd and repeats it by default.
enum FrameConverter {
    /// What is known of a frame beyond its own fields.
    struct Source {
        /// Stills without a stated matrix use BT.601; videos BT.709 from 720 lines on, BT.601 below.
        var isStill: Bool
        /// JPEG is always full range with centred chroma.
        var isJPEG: Bool
        /// The fourth channel is padding (32-bit BMP without a mask).
        var ignoresAlpha = false
    }

    /// - Throws: `MediaError.badSize`, `.unsupportedFormat` (a pixel format that cannot be converted), `.outOfMemory`.
    static func image(_ frame: UnsafeMutablePointer<AVFrame>, source: Source, path: String) throws -> RGBImage {
        let width = Int(frame.pointee.width)
        let height = Int(frame.pointee.height)
        try RGBImage.checkSize(width: width, height: height, path: path)
        let format = AVPixelFormat(frame.pointee.format)
        guard let description = av_pix_fmt_desc_get(format) else {
            throw MediaError.unsupportedFormat(path: path, reason: "unknown pixel format \(frame.pointee.format)")
        }
        let flags = description.pointee.flags
        let isPalette = flags & UInt64(AV_PIX_FMT_FLAG_PAL) != 0
        guard flags & UInt64(AV_PIX_FMT_FLAG_HWACCEL | AV_PIX_FMT_FLAG_FLOAT | AV_PIX_FMT_FLAG_BAYER) == 0 else {
            throw MediaError.unsupportedFormat(path: path, reason: "its pixel format cannot be converted to RGB")
        }
        let hasAlpha = (flags & UInt64(AV_PIX_FMT_FLAG_ALPHA) != 0 || isPalette) && !source.ignoresAlpha
        let image = try RGBImage(width: width, height: height, withAlpha: hasAlpha, path: path)
        let lines = FrameLines(frame, description)
        if isPalette {
            unpackPalette(frame, into: image)
        } else if flags & UInt64(AV_PIX_FMT_FLAG_RGB) != 0 || lines.componentCount <= 2 {
            try unpack(lines, isLimited: frame.pointee.color_range == AVCOL_RANGE_MPEG, into: image)
        } else {
            try YCbCrConverter(frame, lines, source: source).run(into: image)
        }
        if let alpha = image.alpha, !isPalette {
            let component = lines.componentCount - 1
            try readPlane(lines, component, into: alpha.pointer, step: 1, width: width, height: height)
        }
        layOverWhite(image)
        return image.withoutOpaqueAlpha()
    }

    /// RGB and grey of any layout.
    private static func unpack(_ lines: FrameLines, isLimited: Bool, into image: RGBImage) throws {
        let isGrey = lines.componentCount <= 2
        for channel in 0..<3 {
            try readPlane(
                lines, isGrey ? 0 : channel, into: image.pixels.pointer + channel, step: 3, width: image.width,
                height: image.height)
        }
        if isGrey, isLimited, lines.depth(0) > 1 { expandRange(image) }
    }

    /// Reads one component of every pixel, widened or narrowed to 8 bits with rounding.
    private static func readPlane(
        _ lines: FrameLines, _ component: Int, into target: UnsafeMutablePointer<UInt8>, step: Int, width: Int,
        height: Int
    ) throws {
        let largest = (1 << lines.depth(component)) - 1
        let row = try PixelBuffer(count: width * 2)
        row.withElements(of: UInt16.self) { values in
            for y in 0..<height {
                lines.read(component, line: y, count: width, into: values)
                let out = target + y * width * step
                for x in 0..<width {
                    let value = Int(values[x])
                    let narrow = largest == 255 ? value : (value * 255 + largest / 2) / largest
                    out[x * step] = UInt8(truncatingIfNeeded: narrow)
                }
            }
        }
    }

    /// PAL8: a byte a pixel into 256 native-endian ARGB words.
    private static func unpackPalette(_ frame: UnsafeMutablePointer<AVFrame>, into image: RGBImage) {
        guard let data = frame.pointee.data.0, let entries = frame.pointee.data.1 else { return }
        let stride = Int(frame.pointee.linesize.0)
        let palette = (0..<256).map { index in
            UnsafeRawPointer(entries).loadUnaligned(fromByteOffset: index * 4, as: UInt32.self)
        }
        for y in 0..<image.height {
            for x in 0..<image.width {
                let colour = palette[Int(data[y * stride + x])]
                let pixel = y * image.width + x
                image.pixels.pointer[pixel * 3] = UInt8(truncatingIfNeeded: colour >> 16)
                image.pixels.pointer[pixel * 3 + 1] = UInt8(truncatingIfNeeded: colour >> 8)
                image.pixels.pointer[pixel * 3 + 2] = UInt8(truncatingIfNeeded: colour)
                image.alpha?.pointer[pixel] = UInt8(truncatingIfNeeded: colour >> 24)
            }
        }
    }

    /// Limited-range grey (16...235) to 0...255.
    private static func expandRange(_ image: RGBImage) {
        for index in 0..<image.pixels.count {
            let value = (Int(image.pixels.pointer[index]) - 16) * 255 + 109
            image.pixels.pointer[index] = UInt8(truncatingIfNeeded: min(max(value / 219, 0), 255))
        }
    }

    private static func layOverWhite(_ image: RGBImage) {
        guard let alpha = image.alpha else { return }
        for pixel in 0..<alpha.count where alpha.pointer[pixel] != 255 {
            for channel in pixel * 3..<pixel * 3 + 3 {
                image.pixels.pointer[channel] = RGBImage.overWhite(image.pixels.pointer[channel], alpha.pointer[pixel])
            }
        }
    }
}
