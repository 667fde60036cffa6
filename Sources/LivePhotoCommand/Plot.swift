/// Bars and curves of characters: Unicode blocks, or ASCII where the terminal has none.
struct Plot {
    let isUnicode: Bool

    private static let eighthsAcross = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]
    private static let eighthsUp = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]
    private static let ladder = [" ", ".", ":", "-", "=", "+", "*", "#", "@"]

    /// A horizontal bar of `width` columns, filled to `fraction`; padded with blanks.
    func bar(_ fraction: Double, width: Int) -> String {
        let filled = min(max(fraction.isFinite ? fraction : 0, 0), 1) * Double(width)
        if !isUnicode {
            let count = Int(filled.rounded())
            return String(repeating: "#", count: count) + String(repeating: ".", count: width - count)
        }
        let whole = Int(filled)
        let part = whole < width ? Plot.eighthsAcross[Int((filled - Double(whole)) * 8)] : ""
        let text = String(repeating: "█", count: whole) + part
        return text + String(repeating: " ", count: max(width - whole - (part.isEmpty ? 0 : 1), 0))
    }

    /// One character per value, its height the value's place between `low` and `high`.
    func spark(_ values: [Double], low: Double, high: Double) -> String {
        let steps = isUnicode ? Plot.eighthsUp : Plot.ladder
        return values.map { value in
            let place = high > low ? (value - low) / (high - low) : 1
            return steps[Int((min(max(place.isFinite ? place : 0, 0), 1) * 8).rounded())]
        }.joined()
    }

    /// A curve of `height` rows with its axis; more values than `width` are averaged in groups.
    func curve(_ values: [Double], width: Int, height: Int) -> String {
        let columns = Plot.averaged(values, to: width)
        guard let least = columns.min(), let most = columns.max() else { return "" }
        // A flat curve gets a scale around it; no curve gets a scale finer than a hundredth.
        let low = max(0, least - max((most - least) * 0.1, 0.005))
        let high = min(1, most + max((most - least) * 0.1, 0.005))
        var rows: [String] = []
        for row in stride(from: height - 1, through: 0, by: -1) {
            let line = columns.map { value -> String in
                let filled = (value - low) / max(high - low, 1e-9) * Double(height) - Double(row)
                return spark([filled], low: 0, high: 1)
            }.joined()
            let label = row == height - 1 ? Plot.fixed(high, 3) : row == 0 ? Plot.fixed(low, 3) : "     "
            rows.append("\(label) \(isUnicode ? "┤" : "|")\(line)")
        }
        return rows.joined(separator: "\n")
    }

    private static func averaged(_ values: [Double], to width: Int) -> [Double] {
        guard values.count > width, width > 0 else { return values }
        return (0..<width).map { column in
            let part = values[(column * values.count / width)..<((column + 1) * values.count / width)]
            return part.reduce(0, +) / Double(max(part.count, 1))
        }
    }

    /// A number with a fixed count of decimals.
    static func fixed(_ value: Double, _ decimals: Int) -> String {
        guard value.isFinite, abs(value) < 1e12 else { return "-" }
        var scale = 1.0
        for _ in 0..<decimals { scale *= 10 }
        let rounded = Int64((value * scale).rounded())
        let digits = String(rounded.magnitude)
        let padded = String(repeating: "0", count: max(decimals + 1 - digits.count, 0)) + digits
        let sign = rounded < 0 ? "-" : ""
        return decimals == 0 ? sign + padded : "\(sign)\(padded.dropLast(decimals)).\(padded.suffix(decimals))"
    }

    /// Seconds as a person says them.
    static func duration(_ seconds: Double) -> String {
        if seconds < 10 { return fixed(seconds, 1) + " s" }
        if seconds < 90 { return fixed(seconds, 0) + " s" }
        let minutes = Int(seconds) / 60
        return minutes < 90 ? "\(minutes) min \(Int(seconds) % 60) s" : "\(minutes / 60) h \(minutes % 60) min"
    }
}
