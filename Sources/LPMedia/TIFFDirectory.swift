/// The first directory of a TIFF structure: a TIFF file's, or that of an EXIF block.
///
/// Source: TIFF 6.0, section 2. Only single numbers of type BYTE, SHORT or LONG are looked up.
struct TIFFDirectory {
    private let view: ByteView
    private let bigEndian: Bool
    private let start: Int
    private let entries: Int

    /// Nil where `view` holds no TIFF structure. A leading "Exif\0\0", as JPEG and some WebP files have it, is skipped.
    init?(_ outer: ByteView) {
        let view = outer.has("Exif\0\0") ? outer.slice(6, outer.count - 6) ?? outer : outer
        if view.has("II") { bigEndian = false } else if view.has("MM") { bigEndian = true } else { return nil }
        guard view.number(2, size: 2, bigEndian: bigEndian) == 42,
            let offset = view.number(4, size: 4, bigEndian: bigEndian),
            let count = view.number(offset, size: 2, bigEndian: bigEndian)
        else { return nil }
        self.view = view
        start = offset + 2
        entries = count
    }

    /// The first value of `tag`, or nil.
    func value(_ tag: Int) -> Int? { values(tag, most: 1)?.first }

    /// The first values of `tag`, at most `most`, or nil where it is absent, cut off or of another type.
    private func values(_ tag: Int, most: Int) -> [Int]? {
        for index in 0..<entries {
            let entry = start + index * 12
            guard let found = view.number(entry, size: 2, bigEndian: bigEndian) else { return nil }
            guard found == tag else { continue }
            guard let type = view.number(entry + 2, size: 2, bigEndian: bigEndian),
                let size = [1: 1, 3: 2, 4: 4][type],
                let count = view.number(entry + 4, size: 4, bigEndian: bigEndian), count > 0
            else { return nil }
            // Up to four bytes lie in the entry itself, more elsewhere.
            let place = count * size <= 4 ? entry + 8 : view.number(entry + 8, size: 4, bigEndian: bigEndian) ?? -1
            var values: [Int] = []
            for item in 0..<min(count, most) {
                guard let value = view.number(place + item * size, size: size, bigEndian: bigEndian) else { return nil }
                values.append(value)
            }
            return values
        }
        return nil
    }

    /// True where all strips or tiles of the picture lie within the file.
    var dataFits: Bool {
        for (offsets, counts) in [(273, 279), (324, 325)] {
            guard let places = values(offsets, most: 1 << 20) else { continue }
            guard let sizes = values(counts, most: 1 << 20), places.count == sizes.count else { return counts == 279 }
            return zip(places, sizes).allSatisfy { $0 + $1 <= view.count }
        }
        return false
    }

    /// EXIF orientation, 1...8; 1 where it is absent or out of range.
    var orientation: Int {
        let found = value(274) ?? 1
        return (1...8).contains(found) ? found : 1
    }
}
