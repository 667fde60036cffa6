/// Maps pixels to palette indices. Each pixel becomes one of two palette colours on whose connecting line its colour
/// lies best; which one, a fixed blue-noise mask decides. So gradients do not band and still parts stay still.
struct PaletteDither {
    private let palette: ClipPalette
    /// Nearest and second colour per histogram cell, packed; -1 where not yet looked up.
    private var pairs = [Int32](repeating: -1, count: ColourHistogram.cellCount)
    /// How much the contrast of the two colours counts against the error of their mixture.
    private let contrastPenalty: Float = 0.12

    init(_ palette: ClipPalette) { self.palette = palette }

    /// Writes [height * width] indices.
    mutating func map(_ image: RGBImage, into indices: inout [UInt8]) {
        let pixels = image.pixels.pointer
        let ranks = DitherMask.ranks
        let colours = palette.colours
        for y in 0..<image.height {
            for x in 0..<image.width {
                let pixel = pixels + (y * image.width + x) * 3
                let colour = (Float(pixel[0]), Float(pixel[1]), Float(pixel[2]))
                if palette.isExact {
                    indices[y * image.width + x] = UInt8(truncatingIfNeeded: exactIndex(pixel, colour))
                    continue
                }
                let cell = ColourHistogram.cell(pixel[0], pixel[1], pixel[2])
                if pairs[cell] < 0 { pairs[cell] = findPair(cell) }
                let first = Int(pairs[cell]) & 255
                let second = Int(pairs[cell]) >> 8
                let share = Self.share(colour, colours[first], colours[second])
                let rank = ranks[(y % DitherMask.side) * DitherMask.side + x % DitherMask.side]
                let threshold = (Float(rank) + 0.5) / Float(DitherMask.side * DitherMask.side)
                indices[y * image.width + x] = UInt8(truncatingIfNeeded: share > threshold ? second : first)
            }
        }
    }

    /// Few colours may still share a cell, so the cell's entry is only a guess to be checked.
    private mutating func exactIndex(_ pixel: UnsafePointer<UInt8>, _ colour: (Float, Float, Float)) -> Int {
        let cell = ColourHistogram.cell(pixel[0], pixel[1], pixel[2])
        let guess = Int(pairs[cell])
        if guess >= 0, palette.colours[guess] == colour { return guess }
        let found = palette.nearest(colour)
        pairs[cell] = Int32(found)
        return found
    }

    /// Where `colour` lies on the way from `a` to `b`, 0...1.
    @inline(__always)
    private static func share(
        _ colour: (Float, Float, Float), _ a: (Float, Float, Float), _ b: (Float, Float, Float)
    ) -> Float {
        let weight = ClipPalette.importance
        let way = (b.0 - a.0, b.1 - a.1, b.2 - a.2)
        let length = weight.0 * way.0 * way.0 + weight.1 * way.1 * way.1 + weight.2 * way.2 * way.2
        guard length > 0 else { return 0 }
        let red = weight.0 * way.0 * (colour.0 - a.0)
        let green = weight.1 * way.1 * (colour.1 - a.1)
        let blue = weight.2 * way.2 * (colour.2 - a.2)
        return min(max((red + green + blue) / length, 0), 1)
    }

    private func findPair(_ cell: Int) -> Int32 {
        let centre = (Float(cell >> 12 & 63) * 4 + 1.5, Float(cell >> 6 & 63) * 4 + 1.5, Float(cell & 63) * 4 + 1.5)
        let first = palette.nearest(centre)
        let a = palette.colours[first]
        var second = first
        var least = ClipPalette.distance(a, centre)
        palette.colours.withUnsafeBufferPointer { colours in
            for index in 0..<colours.count where index != first {
                let b = colours[index]
                let share = Self.share(centre, a, b)
                let mixture = (
                    a.0 + share * (b.0 - a.0), a.1 + share * (b.1 - a.1), a.2 + share * (b.2 - a.2)
                )
                let noise = share * (1 - share) * ClipPalette.distance(a, b)
                let cost = ClipPalette.distance(mixture, centre) + contrastPenalty * noise
                if cost < least {
                    least = cost
                    second = index
                }
            }
        }
        return Int32(second << 8 | first)
    }
}
