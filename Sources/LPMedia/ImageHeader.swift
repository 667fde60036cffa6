/// What the first bytes of an image file say, read before anything is decoded or allocated.
struct ImageHeader {
    enum Format: String {
        case png = "PNG"
        case jpeg = "JPEG"
        case webp = "WebP"
        case bmp = "BMP"
        case tiff = "TIFF"
        case gif = "GIF"
    }

    let format: Format
    let width: Int
    let height: Int
    /// EXIF orientation, 1...8.
    var orientation = 1
    /// The bytes that belong to the first picture, for the decoder.
    var length: Int
    var isAnimated = false
    /// A 32-bit BMP whose fourth byte is padding.
    var ignoresAlpha = false
    /// A PNG of 16 bits and Adam7: libpng's simplified interface (1.6.39) mixes up its passes.
    var isDeepInterlaced = false

    /// Tells the format by content, never by name, and reads size and orientation.
    /// - Throws: `MediaError.unsupportedFormat`, `.damaged`, `.badSize`.
    static func read(_ view: ByteView, path: String) throws -> ImageHeader {
        guard let format = format(of: view) else {
            throw MediaError.unsupportedFormat(path: path, reason: foreign(view))
        }
        let header: ImageHeader
        switch format {
        case .png: header = try PNGHeader.read(view, path: path)
        case .jpeg: header = try JPEGHeader.read(view, path: path)
        case .webp: header = try WebPContainer(view, path: path).header
        case .bmp: header = try bitmap(view, path: path)
        case .tiff: header = try tiff(view, path: path)
        case .gif: header = try GIFHeader.read(view, path: path)
        }
        try RGBImage.checkSize(width: header.width, height: header.height, path: path)
        return header
    }

    static func format(of view: ByteView) -> Format? {
        if view.number(0, size: 4, bigEndian: true) == 0x8950_4E47 { return .png }
        if view.big16(0) == 0xFFD8, view.byte(2) == 0xFF { return .jpeg }
        if view.has("RIFF"), view.has("WEBP", at: 8) { return .webp }
        if view.has("GIF87a") || view.has("GIF89a") { return .gif }
        if view.has("II*\0") || view.has("MM\0*") { return .tiff }
        if view.has("BM"), let size = view.little32(14), (12...256).contains(size) { return .bmp }
        return nil
    }

    /// A sentence on content that is none of the formats read.
    private static func foreign(_ view: ByteView) -> String {
        let expected = "expected PNG, JPEG, WebP, BMP, TIFF or GIF"
        if view.has("ftyp", at: 4) {
            switch view.name(8) {
            case "heic", "heix", "mif1", "hevc": return "HEIC images are not read, \(expected)"
            case "avif", "avis": return "AVIF images are not read, \(expected)"
            default: return "this is a video, \(expected)"
            }
        }
        if view.number(0, size: 4, bigEndian: true) == 0x1A45_DFA3 { return "this is a video, \(expected)" }
        if view.has("II+\0") || view.has("MM\0+") { return "BigTIFF images are not read, \(expected)" }
        if view.has("%PDF") { return "this is a PDF file, \(expected)" }
        if view.has("<svg") || view.has("<?xml") { return "SVG and XML files are not read, \(expected)" }
        return "not an image that can be read, \(expected)"
    }

    private static func bitmap(_ view: ByteView, path: String) throws -> ImageHeader {
        guard let size = view.little32(14) else { throw damaged(.bmp, path, "the header is cut off") }
        if size == 12 {
            guard let width = view.little16(18), let height = view.little16(20) else {
                throw damaged(.bmp, path, "the header is cut off")
            }
            return ImageHeader(format: .bmp, width: width, height: height, length: view.count)
        }
        guard let width = view.little32(18), let height = view.little32(22) else {
            throw damaged(.bmp, path, "the header is cut off")
        }
        // A negative height means rows from top to bottom.
        let rows = Int(Int32(truncatingIfNeeded: height))
        let columns = Int(Int32(truncatingIfNeeded: width))
        // Alpha counts only where a mask for it is declared: in the longer headers, with compression BITFIELDS.
        let hasMask = size >= 56 && view.little32(30) == 3 && view.little32(66) ?? 0 != 0
        return ImageHeader(
            format: .bmp, width: columns, height: abs(rows), length: view.count, ignoresAlpha: !hasMask)
    }

    private static func tiff(_ view: ByteView, path: String) throws -> ImageHeader {
        guard let directory = TIFFDirectory(view) else { throw damaged(.tiff, path, "it has no directory") }
        guard let width = directory.value(256), let height = directory.value(257) else {
            throw damaged(.tiff, path, "its directory has no size")
        }
        guard directory.dataFits else {
            throw damaged(.tiff, path, "it is truncated: its pixels reach beyond its \(view.count) bytes")
        }
        return ImageHeader(
            format: .tiff, width: width, height: height, orientation: directory.orientation, length: view.count)
    }

    static func damaged(_ format: Format, _ path: String, _ reason: String) -> MediaError {
        MediaError.damaged(path: path, format: format.rawValue, reason: reason)
    }
}
