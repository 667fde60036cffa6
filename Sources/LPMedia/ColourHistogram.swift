/// How often each colour occurs in a clip, in cells of 4 levels a channel, and the colours themselves while they are
/// few.
struct ColourHistogram {
    static let bits = 6
    static let cellCount = 1 << (3 * bits)

    /// One occupied cell: the mean colour of its pixels and how much it counts.
    struct Entry {
        var colour: (Float, Float, Float)
        var weight: Float
    }

    /// Exact colours, until there are more than 255.
    private(set) var exact: Set<UInt32>? = []
    private var counts = [Int](repeating: 0, count: cellCount)
    private var sums = [Int](repeating: 0, count: cellCount * 3)

    @inline(__always)
    static func cell(_ red: UInt8, _ green: UInt8, _ blue: UInt8) -> Int {
        Int(red >> 2) << 12 | Int(green >> 2) << 6 | Int(blue >> 2)
    }

    mutating func add(_ image: RGBImage) {
        let pixels = image.pixels.pointer
        var last: UInt32 = .max
        for pixel in 0..<image.width * image.height {
            let (red, green, blue) = (pixels[pixel * 3], pixels[pixel * 3 + 1], pixels[pixel * 3 + 2])
            let cell = Self.cell(red, green, blue)
            counts[cell] += 1
            sums[cell * 3] += Int(red)
            sums[cell * 3 + 1] += Int(green)
            sums[cell * 3 + 2] += Int(blue)
            guard exact != nil else { continue }
            let colour = UInt32(red) << 16 | UInt32(green) << 8 | UInt32(blue)
            guard colour != last else { continue }
            last = colour
            exact?.insert(colour)
            if let found = exact?.count, found > 255 { exact = nil }
        }
    }

    /// The occupied cells. The weight grows slower than the count, so that a small bright flower keeps its colours
    /// beside a large sky.
    var entries: [Entry] {
        (0..<Self.cellCount).compactMap { cell in
            let count = counts[cell]
            guard count > 0 else { return nil }
            let number = Float(count)
            let colour = (
                Float(sums[cell * 3]) / number, Float(sums[cell * 3 + 1]) / number, Float(sums[cell * 3 + 2]) / number
            )
            return Entry(colour: colour, weight: number.squareRoot() * number.squareRoot().squareRoot())
        }
    }
}
