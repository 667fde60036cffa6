import Glibc

/// Walks the segments of a JPEG file (ITU-T T.81, annex B): size, orientation, and where the picture ends.
enum JPEGHeader {
    /// - Throws: `MediaError.damaged` where a segment is cut off, no frame is declared or the end marker is missing.
    static func read(_ view: ByteView, path: String) throws -> ImageHeader {
        var size: (width: Int, height: Int)?
        var orientation = 1
        var position = 2
        while true {
            guard let marker = nextMarker(view, &position) else {
                throw ImageHeader.damaged(
                    .jpeg, path, "it is truncated: the end-of-image marker is missing after \(view.count) bytes")
            }
            if marker == 0xD9 { break }
            if marker == 0x01 || (0xD0...0xD8).contains(marker) { continue }
            guard let length = view.big16(position), length >= 2, let body = view.slice(position + 2, length - 2)
            else {
                throw ImageHeader.damaged(.jpeg, path, "it is truncated within a segment at byte \(position)")
            }
            position += length
            switch marker {
            case 0xC0...0xCF where marker != 0xC4 && marker != 0xC8 && marker != 0xCC:
                guard let height = body.big16(1), let width = body.big16(3) else {
                    throw ImageHeader.damaged(.jpeg, path, "its frame header is too short")
                }
                if size == nil { size = (width, height) }
            case 0xE1 where body.has("Exif\0\0"):
                orientation = TIFFDirectory(body)?.orientation ?? 1
            case 0xDA:
                guard size != nil else { throw ImageHeader.damaged(.jpeg, path, "a scan comes before the size") }
            default: break
            }
        }
        guard let size else { throw ImageHeader.damaged(.jpeg, path, "it holds no picture") }
        return ImageHeader(
            format: .jpeg, width: size.width, height: size.height, orientation: orientation, length: position)
    }

    /// Skips to the next marker and past it. Scan data is skipped too: there 0xFF is followed by 0.
    private static func nextMarker(_ view: ByteView, _ position: inout Int) -> Int? {
        guard let base = view.bytes.baseAddress else { return nil }
        while position < view.count {
            guard let found = memchr(base + position, 0xFF, view.count - position) else { return nil }
            position = UnsafeRawPointer(found) - UnsafeRawPointer(base) + 1
            while let next = view.byte(position), next == 0xFF { position += 1 }
            guard let marker = view.byte(position) else { return nil }
            position += 1
            if marker != 0 { return marker }
        }
        return nil
    }
}
