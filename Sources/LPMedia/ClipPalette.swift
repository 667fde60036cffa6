/// Up to 255 colours that stand for all of a clip: variance cut, then k-means.
struct ClipPalette {
    /// How much a channel's error is seen, about as in luma.
    static let importance: (Float, Float, Float) = (2, 4, 1.5)

    /// Colours, [count][3] in levels.
    private(set) var colours: [(Float, Float, Float)]
    /// True where every pixel of the clip has its own colour in the palette.
    let isExact: Bool

    init(_ histogram: ColourHistogram, most: Int = 255) {
        if let exact = histogram.exact, exact.count <= most {
            colours = exact.sorted().map { (Float($0 >> 16), Float($0 >> 8 & 255), Float($0 & 255)) }
            isExact = true
            return
        }
        isExact = false
        var entries = histogram.entries
        colours = Self.cut(&entries, into: most).map { Self.mean(entries[$0]) }
        for _ in 0..<6 { improve(entries) }
        colours = colours.map { ($0.0.rounded(), $0.1.rounded(), $0.2.rounded()) }
    }

    @inline(__always)
    static func distance(_ a: (Float, Float, Float), _ b: (Float, Float, Float)) -> Float {
        let red = a.0 - b.0
        let green = a.1 - b.1
        let blue = a.2 - b.2
        return importance.0 * red * red + importance.1 * green * green + importance.2 * blue * blue
    }

    /// The nearest colour's index.
    func nearest(_ colour: (Float, Float, Float)) -> Int {
        var best = 0
        var least = Float.infinity
        colours.withUnsafeBufferPointer { colours in
            for index in 0..<colours.count {
                let found = Self.distance(colours[index], colour)
                if found < least {
                    least = found
                    best = index
                }
            }
        }
        return best
    }

    // MARK: Variance cut

    /// Splits the box with the largest spread again and again, across its longest axis at the mean.
    private static func cut(_ entries: inout [ColourHistogram.Entry], into most: Int) -> [Range<Int>] {
        var boxes = [0..<entries.count]
        var spreads = [spread(entries[...])]
        while boxes.count < most {
            var widest = 0
            for index in boxes.indices where spreads[index].error > spreads[widest].error { widest = index }
            let box = boxes[widest]
            guard spreads[widest].error > 0, box.count > 1 else { break }
            let axis = spreads[widest].axis
            let limit = component(mean(entries[box]), axis)
            let middle = min(
                max(entries[box].partition { component($0.colour, axis) > limit }, box.lowerBound + 1),
                box.upperBound - 1)
            boxes[widest] = box.lowerBound..<middle
            spreads[widest] = spread(entries[box.lowerBound..<middle])
            boxes.append(middle..<box.upperBound)
            spreads.append(spread(entries[middle..<box.upperBound]))
        }
        return boxes
    }

    private static func component(_ colour: (Float, Float, Float), _ axis: Int) -> Float {
        axis == 0 ? colour.0 : axis == 1 ? colour.1 : colour.2
    }

    private static func mean(_ entries: ArraySlice<ColourHistogram.Entry>) -> (Float, Float, Float) {
        var sum = (0.0, 0.0, 0.0)
        var weight = 0.0
        for entry in entries {
            let share = Double(entry.weight)
            sum.0 += share * Double(entry.colour.0)
            sum.1 += share * Double(entry.colour.1)
            sum.2 += share * Double(entry.colour.2)
            weight += share
        }
        guard weight > 0 else { return (0, 0, 0) }
        return (Float(sum.0 / weight), Float(sum.1 / weight), Float(sum.2 / weight))
    }

    /// Weighted squared error of a box around its mean, and the axis with most of it.
    private static func spread(_ entries: ArraySlice<ColourHistogram.Entry>) -> (error: Float, axis: Int) {
        let centre = mean(entries)
        var errors: (Float, Float, Float) = (0, 0, 0)
        for entry in entries {
            let red = entry.colour.0 - centre.0
            let green = entry.colour.1 - centre.1
            let blue = entry.colour.2 - centre.2
            errors.0 += entry.weight * importance.0 * red * red
            errors.1 += entry.weight * importance.1 * green * green
            errors.2 += entry.weight * importance.2 * blue * blue
        }
        let axis = errors.1 >= errors.0 && errors.1 >= errors.2 ? 1 : errors.0 >= errors.2 ? 0 : 2
        return (errors.0 + errors.1 + errors.2, axis)
    }

    // MARK: k-means

    private mutating func improve(_ entries: [ColourHistogram.Entry]) {
        var sums = [(Float, Float, Float, Float)](repeating: (0, 0, 0, 0), count: colours.count)
        for entry in entries {
            let index = nearest(entry.colour)
            sums[index].0 += entry.weight * entry.colour.0
            sums[index].1 += entry.weight * entry.colour.1
            sums[index].2 += entry.weight * entry.colour.2
            sums[index].3 += entry.weight
        }
        for index in colours.indices where sums[index].3 > 0 {
            let sum = sums[index]
            colours[index] = (sum.0 / sum.3, sum.1 / sum.3, sum.2 / sum.3)
        }
    }
}
