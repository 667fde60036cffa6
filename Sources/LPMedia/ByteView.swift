/// A window on bytes from outside. Every read is bounds-checked and gives nil beyond the end.
struct ByteView {
    let bytes: UnsafeBufferPointer<UInt8>

    init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    init(_ buffer: PixelBuffer) { bytes = buffer.bytes }

    var count: Int { bytes.count }

    /// `length` bytes from `start`, or nil where they reach beyond the window.
    func slice(_ start: Int, _ length: Int) -> ByteView? {
        guard start >= 0, length >= 0, start <= count, length <= count - start else { return nil }
        return ByteView(UnsafeBufferPointer(rebasing: bytes[start..<start + length]))
    }

    func byte(_ position: Int) -> Int? {
        guard position >= 0, position < count else { return nil }
        return Int(bytes[position])
    }

    /// An unsigned number of `size` bytes (1 to 4), little endian unless `bigEndian`.
    func number(_ position: Int, size: Int, bigEndian: Bool) -> Int? {
        guard position >= 0, size <= count, position <= count - size else { return nil }
        var value = 0
        for offset in 0..<size {
            let index = bigEndian ? position + offset : position + size - 1 - offset
            value = value << 8 | Int(bytes[index])
        }
        return value
    }

    func little16(_ position: Int) -> Int? { number(position, size: 2, bigEndian: false) }
    func little24(_ position: Int) -> Int? { number(position, size: 3, bigEndian: false) }
    func little32(_ position: Int) -> Int? { number(position, size: 4, bigEndian: false) }
    func big16(_ position: Int) -> Int? { number(position, size: 2, bigEndian: true) }
    func big32(_ position: Int) -> Int? { number(position, size: 4, bigEndian: true) }

    /// True where the bytes at `position` are those of the ASCII `text`.
    func has(_ text: StaticString, at position: Int = 0) -> Bool {
        guard position >= 0, position + text.utf8CodeUnitCount <= count else { return false }
        for offset in 0..<text.utf8CodeUnitCount where bytes[position + offset] != text.utf8Start[offset] {
            return false
        }
        return true
    }

    /// Four bytes as text, for RIFF and PNG chunk names; odd bytes become '?'.
    func name(_ position: Int) -> String? {
        guard let four = slice(position, 4) else { return nil }
        return String(decoding: four.bytes.map { $0 >= 32 && $0 < 127 ? $0 : 63 }, as: UTF8.self)
    }
}
