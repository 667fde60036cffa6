/// How like the photo a frame is to be, by its distance from the photo's own frame: PIA's mask channel.
///
/// Reference: Zhang et al. 2023 (arXiv 2312.13964); the lists at levels 3, 5 and 8 are those that PIA was published
/// with (small, moderate, large motion). Level 1 is nearly still, level 10 goes on from 5 and 8 down to the least value of
/// PIA's training, 0.2.
package struct AffinityConfiguration: Sendable {
    package let curves: LevelCurves
    /// For clips that close in a loop; distances go around the ring.
    package let loopCurves: LevelCurves
    /// The frame that is the photo, or the last one of a shorter clip.
    package let conditionFrame: Int

    private static let still = (1.0, [1, 0.95, 0.93, 0.92, 0.92, 0.9])
    private static let small = (3.0, [1, 0.9, 0.85, 0.85, 0.85, 0.8])
    private static let moderate = (5.0, [1, 0.8, 0.8, 0.8, 0.79, 0.78, 0.75])
    private static let curves = LevelCurves([
        still, small, moderate,
        (8, [1, 0.8, 0.7, 0.7, 0.7, 0.7, 0.7, 0.7, 0.7, 0.7, 0.6, 0.5, 0.5]),
        (10, [1, 0.68, 0.52, 0.52, 0.52, 0.52, 0.52, 0.52, 0.52, 0.52, 0.36, 0.2, 0.2]),
    ])
    private static let loopCurves = LevelCurves([
        still, small, moderate,
        (8, [1, 0.8, 0.7, 0.7, 0.7, 0.7, 0.6, 0.5]),
        (10, [1, 0.68, 0.52, 0.52, 0.52, 0.52, 0.36, 0.2]),
    ])

    init(_ settings: SettingsReader?) throws {
        curves = try settings.map { try LevelCurves($0, "curves", 0...1, default: Self.curves) } ?? Self.curves
        loopCurves =
            try settings.map { try LevelCurves($0, "loop_curves", 0...1, default: Self.loopCurves) } ?? Self.loopCurves
        conditionFrame = try settings?.integer("condition_frame", 0...4096, default: 0) ?? 0
    }

    /// Affinity 0...1 of frame `index` of `count`.
    package func value(frame index: Int, of count: Int, level: Double, loops: Bool) -> Double {
        let distance = abs(index - min(conditionFrame, count - 1))
        guard loops else { return curves.value(distance, level: level) }
        return loopCurves.value(min(distance, count - distance), level: level)
    }
}
