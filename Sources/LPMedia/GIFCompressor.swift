/// LZW as GIF uses it: codes of 3 to 12 bits, low bit first, in blocks of up to 255 bytes.
/// Source: GIF89a specification, appendix F.
struct GIFCompressor {
    private let minimumSize: Int
    private var out: [UInt8] = []
    private var block: [UInt8] = []
    private var bits: UInt32 = 0
    private var bitCount = 0
    /// Open addressing: key prefix << 8 | value, and the code it stands for.
    private var keys = [Int32](repeating: -1, count: tableSize)
    private var codes = [Int32](repeating: 0, count: tableSize)
    private static let tableSize = 8192

    /// The image data of a frame: code size, blocks, terminator.
    /// - Parameters:
    ///   - indices: at least one.
    ///   - colourBits: 1...8.
    static func compress(_ indices: [UInt8], colourBits: Int) -> [UInt8] {
        var compressor = GIFCompressor(minimumSize: max(colourBits, 2))
        return compressor.run(indices)
    }

    private init(minimumSize: Int) { self.minimumSize = minimumSize }

    private mutating func run(_ indices: [UInt8]) -> [UInt8] {
        out = [UInt8(truncatingIfNeeded: minimumSize)]
        let clear = 1 << minimumSize
        var next = clear + 2
        var size = minimumSize + 1
        emit(clear, size)
        var prefix = Int(indices.first ?? 0)
        for index in indices.dropFirst() {
            let key = Int32(prefix << 8 | Int(index))
            let slot = find(key)
            if keys[slot] == key {
                prefix = Int(codes[slot])
                continue
            }
            emit(prefix, size)
            prefix = Int(index)
            if next == 4096 {
                emit(clear, size)
                for slot in 0..<Self.tableSize { keys[slot] = -1 }
                next = clear + 2
                size = minimumSize + 1
                continue
            }
            if next == 1 << size { size += 1 }
            keys[slot] = key
            codes[slot] = Int32(next)
            next += 1
        }
        emit(prefix, size)
        if next == 1 << size, size < 12 { size += 1 }
        emit(clear + 1, size)
        if bitCount > 0 { append(UInt8(truncatingIfNeeded: bits)) }
        flush()
        out.append(0)
        return out
    }

    private func find(_ key: Int32) -> Int {
        var slot = Int((UInt32(bitPattern: key) &* 2_654_435_761) >> 19)
        while keys[slot] != -1, keys[slot] != key { slot = (slot + 1) & (Self.tableSize - 1) }
        return slot
    }

    private mutating func emit(_ code: Int, _ size: Int) {
        bits |= UInt32(truncatingIfNeeded: code) << UInt32(bitCount)
        bitCount += size
        while bitCount >= 8 {
            append(UInt8(truncatingIfNeeded: bits))
            bits >>= 8
            bitCount -= 8
        }
    }

    private mutating func append(_ byte: UInt8) {
        block.append(byte)
        if block.count == 255 { flush() }
    }

    private mutating func flush() {
        guard !block.isEmpty else { return }
        out.append(UInt8(truncatingIfNeeded: block.count))
        out += block
        block.removeAll(keepingCapacity: true)
    }
}
