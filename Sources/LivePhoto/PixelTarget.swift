import CLivePhoto
import LPMedia

/// The caller's memory for one picture.
struct PixelTarget {
    let pixels: UnsafeMutableRawPointer?
    let capacity: Int
    let stride: Int
    let format: livephoto_format
    let rows: livephoto_rows

    /// Copies a tight top-down RGB picture into it.
    /// - Throws: `Refusal.argument` for NULL, an unknown format or row order, a stride below a row, or too few bytes.
    ///   Nothing is written then.
    func take(_ rgb: UnsafeBufferPointer<UInt8>, width: Int, height: Int) throws {
        let pixels = try required(pixels, "pixels")
        let layout = try PixelLayout(format)
        guard rows == LIVEPHOTO_TOP_DOWN || rows == LIVEPHOTO_BOTTOM_UP else {
            throw Refusal.argument("unknown row order \(rows.rawValue)")
        }
        let row = width * layout.bytesPerPixel
        let stride = stride == 0 ? row : stride
        guard stride >= row else { throw Refusal.argument("a stride of \(stride) bytes: a row needs \(row)") }
        let (skipped, overflow) = stride.multipliedReportingOverflow(by: height - 1)
        let (needed, overflow2) = skipped.addingReportingOverflow(row)
        guard !overflow, !overflow2, capacity >= needed else {
            throw Refusal.argument("\(height) rows with a stride of \(stride) bytes do not fit into \(capacity) bytes")
        }
        guard rgb.count >= width * height * 3 else { throw Refusal.argument("the picture is incomplete") }
        for y in 0..<height {
            let line = rows == LIVEPHOTO_TOP_DOWN ? y : height - 1 - y
            let out = pixels.advanced(by: line * stride).assumingMemoryBound(to: UInt8.self)
            PixelTarget.write(rgb, from: y * width * 3, count: width, to: out, layout)
        }
    }

    private static func write(
        _ rgb: UnsafeBufferPointer<UInt8>, from start: Int, count: Int, to out: UnsafeMutablePointer<UInt8>,
        _ layout: PixelLayout
    ) {
        let step = layout.bytesPerPixel
        let (red, blue) = layout == .bgra ? (2, 0) : (0, 2)
        for x in 0..<count {
            out[x * step + red] = rgb[start + x * 3]
            out[x * step + 1] = rgb[start + x * 3 + 1]
            out[x * step + blue] = rgb[start + x * 3 + 2]
            if step == 4 { out[x * step + 3] = 255 }
        }
    }
}

extension PixelLayout {
    /// - Throws: `Refusal.argument` for a number that is no livephoto_format.
    init(_ format: livephoto_format) throws {
        switch format {
        case LIVEPHOTO_FORMAT_RGB: self = .rgb
        case LIVEPHOTO_FORMAT_RGBA: self = .rgba
        case LIVEPHOTO_FORMAT_BGRA: self = .bgra
        default: throw Refusal.argument("unknown pixel format \(format.rawValue)")
        }
    }
}
