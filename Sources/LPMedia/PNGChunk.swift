/// Chunks of a PNG file. Source: PNG specification, third edition, sections 5 and 11.
enum PNGChunk {
    /// Length, name, body, checksum.
    static func make(_ name: StaticString, _ body: [UInt8]) -> [UInt8] {
        var bytes = big32(body.count)
        let start = bytes.count
        for index in 0..<name.utf8CodeUnitCount { bytes.append(name.utf8Start[index]) }
        bytes += body
        return bytes + big32(Int(checksum(bytes[start...])))
    }

    /// Text under the keyword "Comment": tEXt where it is ASCII, else iTXt in UTF-8.
    static func text(_ comment: String) -> [UInt8] {
        let characters = comment.utf8.filter { $0 != 0 }
        if characters.allSatisfy({ $0 < 128 }) { return make("tEXt", Array("Comment\0".utf8) + characters) }
        return make("iTXt", Array("Comment\0\0\0\0\0".utf8) + characters)
    }

    static func big32(_ value: Int) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
    }

    static func big16(_ value: Int) -> [UInt8] {
        [8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
    }

    /// CRC-32 (ISO 3309), as PNG uses it.
    static func checksum(_ bytes: some Sequence<UInt8>) -> UInt32 {
        var register: UInt32 = 0xFFFF_FFFF
        for byte in bytes { register = table[Int((register ^ UInt32(byte)) & 0xFF)] ^ (register >> 8) }
        return register ^ 0xFFFF_FFFF
    }

    private static let table: [UInt32] = (0..<256).map { index in
        var value = UInt32(index)
        for _ in 0..<8 { value = value & 1 != 0 ? 0xEDB8_8320 ^ (value >> 1) : value >> 1 }
        return value
    }
}
