/// Walks the blocks of a GIF file up to the end of its first picture.
enum GIFHeader {
    /// - Throws: `MediaError.damaged` where the first picture is missing or cut off.
    static func read(_ view: ByteView, path: String) throws -> ImageHeader {
        guard let width = view.little16(6), let height = view.little16(8), let flags = view.byte(10) else {
            throw ImageHeader.damaged(.gif, path, "its header is cut off")
        }
        var position = 13 + tableSize(flags)
        let cutOff = ImageHeader.damaged(.gif, path, "it is truncated after \(view.count) bytes")
        while true {
            guard let introducer = view.byte(position) else { throw cutOff }
            switch introducer {
            case 0x21:  // extension: label, then sub-blocks
                position += 2
            case 0x2C:  // picture: descriptor, own palette, code size, then sub-blocks
                guard let local = view.byte(position + 9) else { throw cutOff }
                position += 10 + tableSize(local) + 1
            case 0x3B:
                throw ImageHeader.damaged(.gif, path, "it holds no picture")
            default:
                throw ImageHeader.damaged(.gif, path, "unknown block \(introducer) at byte \(position)")
            }
            while true {
                guard let size = view.byte(position) else { throw cutOff }
                position += 1 + size
                if size == 0 { break }
            }
            if introducer == 0x2C { break }
        }
        return ImageHeader(format: .gif, width: width, height: height, length: position)
    }

    private static func tableSize(_ flags: Int) -> Int { flags & 0x80 != 0 ? 3 << ((flags & 7) + 1) : 0 }
}
