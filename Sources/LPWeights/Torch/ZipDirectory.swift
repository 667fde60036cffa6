/// The members of a zip archive that are stored as they are, found through its central directory.
///
/// Compressed and encrypted members are refused: PyTorch writes neither, and what is not inflated cannot grow. Every
/// member lies inside the file, and no two share bytes.
///
/// Reference: PKWARE's APPNOTE.TXT, sections 4.3 and 4.5.3 (zip64).
struct ZipDirectory {
    struct Member {
        /// First byte of the content in the file.
        let offset: Int
        let size: Int
    }

    static let directoryLimit = 64 << 20

    /// By name.
    private(set) var members: [String: Member] = [:]
    private let file: ReadableFile

    private struct Span {
        let offset: Int
        let size: Int
        let count: Int
    }

    /// - Throws: `WeightError` naming the file and the byte at fault.
    init(_ file: ReadableFile) throws {
        self.file = file
        let span = try directorySpan()
        var bytes = ByteCursor(try read(span.offset, span.size), file: file, start: span.offset)
        members.reserveCapacity(span.count)
        var spans: [(name: String, member: Member)] = []
        for _ in 0..<span.count {
            let (name, member) = try self.member(&bytes)
            guard members.updateValue(member, forKey: name) == nil else {
                throw bytes.failure("the member '\(name)' is in the archive twice")
            }
            spans.append((name, member))
        }
        spans.sort { $0.member.offset < $1.member.offset }
        for (first, second) in zip(spans, spans.dropFirst())
        where first.member.offset + first.member.size > second.member.offset && second.member.size > 0 {
            throw failure(second.member.offset, "the member '\(second.name)' overlaps '\(first.name)'")
        }
    }

    private func failure(_ offset: Int, _ reason: String) -> WeightError {
        .format(path: file.path, offset: offset, reason: reason)
    }

    private func read(_ offset: Int, _ count: Int) throws -> [UInt8] {
        guard offset >= 0, count >= 0, offset <= file.size, count <= file.size - offset else {
            throw failure(max(0, min(offset, file.size)), "the archive is cut short or damaged")
        }
        return try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            try file.read(into: UnsafeMutableRawBufferPointer(buffer), at: offset)
            filled = count
        }
    }

    /// Finds the end record, which lies before a comment of unknown length, and its zip64 twin.
    private func directorySpan() throws -> Span {
        let tailStart = max(0, file.size - 22 - 65_535)
        let tail = try read(tailStart, file.size - tailStart)
        guard tail.count >= 22 else { throw failure(0, "too short for a zip archive") }
        for start in stride(from: tail.count - 22, through: 0, by: -1)
        where tail[start] == 0x50 && tail[start + 1] == 0x4B && tail[start + 2] == 5 && tail[start + 3] == 6 {
            var end = ByteCursor(Array(tail[start...]), file: file, start: tailStart + start)
            try end.skip(8)
            let (onDisk, total) = (try end.integer(2), try end.integer(2))
            let (size, offset) = (try end.integer(4), try end.integer(4))
            guard try end.integer(2) == tail.count - start - 22 else { continue }
            if total == 0xFFFF || size == 0xFFFF_FFFF || offset == 0xFFFF_FFFF {
                return try zip64Span(endRecord: tailStart + start)
            }
            return try checked(Span(offset: offset, size: size, count: total), onDisk: onDisk, end: tailStart + start)
        }
        throw failure(file.size, "the zip archive has no directory: it is cut short or damaged")
    }

    private func zip64Span(endRecord: Int) throws -> Span {
        var locator = ByteCursor(try read(endRecord - 20, 20), file: file, start: endRecord - 20)
        guard try locator.integer(4) == 0x0706_4B50 else { throw locator.failure("the zip64 locator is missing") }
        try locator.skip(4)
        let place = try locator.integer(8)
        var record = ByteCursor(try read(place, 56), file: file, start: place)
        guard try record.integer(4) == 0x0606_4B50 else { throw record.failure("the zip64 end record is missing") }
        try record.skip(20)
        let (onDisk, total) = (try record.integer(8), try record.integer(8))
        let (size, offset) = (try record.integer(8), try record.integer(8))
        return try checked(Span(offset: offset, size: size, count: total), onDisk: onDisk, end: place)
    }

    private func checked(_ span: Span, onDisk: Int, end: Int) throws -> Span {
        // A directory entry takes at least 46 bytes, so that a count beyond that is a lie.
        guard span.count == onDisk, span.size <= Self.directoryLimit, span.offset <= end,
            span.size <= end - span.offset,
            span.count <= span.size / 46
        else { throw failure(end, "the zip directory does not fit into the file") }
        return span
    }

    /// One entry of the central directory.
    private func member(_ bytes: inout ByteCursor) throws -> (String, Member) {
        guard try bytes.integer(4) == 0x0201_4B50 else { throw bytes.failure("no zip directory entry here") }
        try bytes.skip(4)
        let flags = try bytes.integer(2)
        let method = try bytes.integer(2)
        try bytes.skip(8)
        var (stored, size) = (try bytes.integer(4), try bytes.integer(4))
        let (nameLength, extraLength, commentLength) = (
            try bytes.integer(2), try bytes.integer(2), try bytes.integer(2)
        )
        try bytes.skip(8)
        var header = try bytes.integer(4)
        guard let name = String(validating: try bytes.take(nameLength), as: UTF8.self) else {
            throw bytes.failure("the name of a zip member is not UTF-8")
        }
        var extra = ByteCursor(Array(try bytes.take(extraLength)), file: file, start: bytes.offset - extraLength)
        while extra.remaining >= 4 {
            let (kind, length) = (try extra.integer(2), try extra.integer(2))
            var field = ByteCursor(Array(try extra.take(length)), file: file, start: extra.offset - length)
            guard kind == 1 else { continue }
            // Of zip64's numbers only those are there whose short form is full.
            if size == 0xFFFF_FFFF { size = try field.integer(8) }
            if stored == 0xFFFF_FFFF { stored = try field.integer(8) }
            if header == 0xFFFF_FFFF { header = try field.integer(8) }
        }
        try bytes.skip(commentLength)
        guard method == 0, stored == size else {
            throw failure(
                header, "the member '\(name)' is compressed (method \(method)); PyTorch stores its members plain")
        }
        guard flags & 1 == 0 else { throw failure(header, "the member '\(name)' is encrypted") }
        return (name, try member(name, header: header, size: size))
    }

    /// The content follows the member's own header, whose lengths may differ from the directory's.
    private func member(_ name: String, header: Int, size: Int) throws -> Member {
        var local = ByteCursor(try read(header, 30), file: file, start: header)
        guard try local.integer(4) == 0x0403_4B50 else {
            throw failure(header, "the member '\(name)' is not where the directory says")
        }
        try local.skip(22)
        let offset = header + 30 + (try local.integer(2)) + (try local.integer(2))
        guard offset <= file.size, size <= file.size - offset else {
            throw failure(
                min(offset, file.size), "the member '\(name)' ends beyond the file, which is cut short or damaged")
        }
        return Member(offset: offset, size: size)
    }
}
