/// Little-endian numbers and runs of bytes, one after the other, from a piece of a file. Reading past the end is an
/// error that names the place in the file.
struct ByteCursor {
    private let bytes: [UInt8]
    private let path: String
    /// Where the piece begins in the file.
    private let start: Int
    private(set) var position = 0

    init(_ bytes: [UInt8], path: String, start: Int) {
        self.bytes = bytes
        self.path = path
        self.start = start
    }

    init(_ bytes: [UInt8], file: ReadableFile, start: Int) { self.init(bytes, path: file.path, start: start) }

    /// Place in the file.
    var offset: Int { start + position }
    var remaining: Int { bytes.count - position }

    /// - Parameter back: how many bytes before this place the fault is
    func failure(_ reason: String, back: Int = 0) -> WeightError {
        .format(path: path, offset: max(offset - back, 0), reason: reason)
    }

    mutating func take(_ count: Int) throws -> ArraySlice<UInt8> {
        guard count >= 0, count <= remaining else { throw failure("the data end too early") }
        defer { position += count }
        return bytes[position..<(position + count)]
    }

    mutating func skip(_ count: Int) throws { _ = try take(count) }

    mutating func byte() throws -> UInt8 {
        guard position < bytes.count else { throw failure("the data end too early") }
        defer { position += 1 }
        return bytes[position]
    }

    /// An unsigned number of up to 8 bytes that fits `Int`.
    mutating func integer(_ count: Int) throws -> Int {
        let value = try take(count).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard let value = Int(exactly: value) else { throw failure("a number beyond any file", back: count) }
        return value
    }

    /// The bytes up to a line feed, which is taken too and not handed out.
    mutating func line(limit: Int) throws -> ArraySlice<UInt8> {
        let window = bytes[position..<min(bytes.count, position + limit)]
        guard let end = window.firstIndex(of: 0x0A) else { throw failure("a line without an end") }
        defer { position = end + 1 }
        return bytes[position..<end]
    }
}
