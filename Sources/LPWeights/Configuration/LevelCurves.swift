/// Lists of numbers at some motion levels, in straight lines between them.
package struct LevelCurves: Sendable, Equatable {
    package struct Point: Sendable, Equatable {
        package let level: Double
        package let values: [Double]
    }

    /// Levels rising, at least one point, each with at least one value.
    package let points: [Point]

    init(_ points: [(Double, [Double])]) {
        self.points = points.map { Point(level: $0.0, values: $0.1) }
    }

    /// - Parameters:
    ///   - key: a list of pairs [level, values], a single number standing for a list of one
    ///   - range: of every value
    init(_ settings: SettingsReader, _ key: String, _ range: ClosedRange<Double>, default fallback: LevelCurves) throws {
        guard settings.value(key) != nil else {
            self = fallback
            return
        }
        var points: [Point] = []
        for (index, element) in try settings.elements(key, count: 1...64).enumerated() {
            let place = "\(key)[\(index)]"
            guard let pair = element.array, pair.count == 2, let level = pair[0].real else {
                throw settings.failure(place, "is not a pair of a level and its values")
            }
            let values = (pair[1].array ?? [pair[1]]).map { $0.real }
            guard (1...512).contains(values.count), values.allSatisfy({ $0.map(range.contains) ?? false }) else {
                throw settings.failure(place, "has values that are not \(range.lowerBound) to \(range.upperBound)")
            }
            guard (1...10).contains(level), level > points.last?.level ?? 0 else {
                throw settings.failure(place, "has a level that is not within 1 to 10 and above the one before it")
            }
            points.append(Point(level: level, values: values.compactMap { $0 }))
        }
        self.points = points
    }

    /// Value `index` at a level; lists repeat their last value, levels beyond the outer points count as these.
    package func value(_ index: Int, level: Double) -> Double {
        func value(_ point: Point) -> Double { point.values[min(max(index, 0), point.values.count - 1)] }
        guard let above = points.firstIndex(where: { $0.level >= level }) else { return points.last.map(value) ?? 1 }
        guard above > 0 else { return value(points[above]) }
        let (low, high) = (points[above - 1], points[above])
        let share = (level - low.level) / (high.level - low.level)
        return value(low) + share * (value(high) - value(low))
    }
}
