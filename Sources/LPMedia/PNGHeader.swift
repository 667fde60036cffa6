/// Walks the chunks of a PNG file: size, orientation (eXIf), animation (acTL) and a complete end.
enum PNGHeader {
    /// - Throws: `MediaError.damaged` where a chunk is cut off or the end chunk is missing.
    static func read(_ view: ByteView, path: String) throws -> ImageHeader {
        guard view.number(4, size: 4, bigEndian: true) == 0x0D0A_1A0A else {
            throw ImageHeader.damaged(.png, path, "its signature is broken (a text-mode transfer?)")
        }
        guard view.has("IHDR", at: 12), let width = view.big32(16), let height = view.big32(20) else {
            throw ImageHeader.damaged(.png, path, "its header is missing")
        }
        var header = ImageHeader(format: .png, width: width, height: height, length: view.count)
        header.isDeepInterlaced = view.byte(24) == 16 && view.byte(28) == 1
        var position = 8
        while true {
            guard let length = view.big32(position), let name = view.name(position + 4),
                let body = view.slice(position + 8, length), view.big32(position + 8 + length) != nil
            else {
                throw ImageHeader.damaged(.png, path, "it is truncated after \(view.count) bytes")
            }
            if name == "eXIf" { header.orientation = TIFFDirectory(body)?.orientation ?? 1 }
            if name == "acTL" { header.isAnimated = true }
            position += 12 + length
            if name == "IEND" { break }
        }
        header.length = position
        return header
    }
}
