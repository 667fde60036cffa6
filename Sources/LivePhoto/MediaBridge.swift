import CLivePhoto
import LPMedia

/// A picture of the caller's memory.
struct PixelSource {
    let pixels: UnsafeRawPointer?
    let width: Int
    let height: Int
    let stride: Int
    let format: livephoto_format

    /// Copies it.
    /// - Throws: `Refusal.argument` for NULL, a side below 1, an unknown format, a stride below a row; `MediaError`
    func image() throws -> RGBImage {
        let layout = try PixelLayout(format)
        let pixels = try required(pixels, "pixels")
        guard width > 0, height > 0 else {
            throw Refusal.argument("a photo of \(width)x\(height) pixels: both sides must be positive")
        }
        try RGBImage.checkSize(width: width, height: height, path: "photo")
        let (row, overflow) = width.multipliedReportingOverflow(by: layout.bytesPerPixel)
        let stride = stride == 0 ? row : stride
        guard !overflow, stride >= row else {
            throw Refusal.argument("a stride of \(stride) bytes: a row needs \(row)")
        }
        guard !stride.multipliedReportingOverflow(by: height).overflow else {
            throw Refusal.argument("a stride of \(stride) bytes is too large for \(height) rows")
        }
        return try ImageReader.fromPixels(pixels, width: width, height: height, stride: stride, layout: layout)
    }
}

/// The media code's calls in the skin's terms.
enum MediaBridge {
    /// Brings a picture to a clip's size.
    static func fit(_ image: RGBImage, to size: ClipSize) throws -> RGBImage {
        if size.fit == LIVEPHOTO_FIT_CROP, (0...1).contains(image.width - size.width),
            (0...1).contains(image.height - size.height)
        {
            return try trimmed(image, width: size.width, height: size.height)
        }
        let mode: FitMode =
            switch size.fit {
            case LIVEPHOTO_FIT_PAD: .pad
            case LIVEPHOTO_FIT_STRETCH: .stretch
            default: .crop
            }
        return try ImageFit.fit(image, width: size.width, height: size.height, mode: mode)
    }

    /// Leaves the last column or row out and every other pixel as it is: resampling by half a pixel would blur.
    private static func trimmed(_ image: RGBImage, width: Int, height: Int) throws -> RGBImage {
        if image.width == width, image.height == height { return image }
        return try RGBImage.fromPixels(
            image.bytes.baseAddress, width: width, height: height, stride: image.width * 3, layout: .rgb)
    }
}
