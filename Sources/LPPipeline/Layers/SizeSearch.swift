import LPModels

/// Finds the size of a motion at which the clip measures its intensity, and what helps where no size does. Our addition.
///
/// The paper's measure, a mean of similarities, sees little of some motions however large they are: of light that changes once, of clouds in a
/// smooth sky, of a jump that leaves the picture. At a high intensity these do what they do in a storm: the light wavers until it has changed,
/// clouds throw shadows on the land, what jumps does so more often.
struct SizeSearch {
    let script: MotionScript
    let times: ClipTimes
    /// 1...10
    let target: Double
    let trial: CalibrationTrial

    /// Levels below the target that are near enough.
    private static let satisfied = 0.6
    /// Up to this level light that changes once is steady and clouds throw no shadows; from two levels above, the measured level counts alone.
    static let calmLevel = 5.0

    /// What light and clouds are to measure: at 6 it is 4.
    private var wild: Double { min(target, 1 + 3 * (target - Self.calmLevel)) }

    /// For a clip in which something moves, or appears.
    func moving() throws -> MotionSize {
        let (chosen, level) = try best(MotionSize(), \.factor)
        guard level < target - Self.satisfied else { return chosen }
        if script.objectRepeats { return try moreOften(chosen, level) }
        if abs(script.drifts) > 0.5, level < wild - Self.satisfied { return try shaded(chosen, level) }
        return chosen
    }

    /// For a clip in which nothing but the light changes, once.
    func lighting() throws -> MotionSize {
        guard target > Self.calmLevel else { return MotionSize() }
        let (unsteady, level) = try best(MotionSize(lightUnrest: 0.5), \.lightUnrest, in: 0.02 ... 3, for: wild)
        // A change of colour alone is hardly seen by the measure however it wavers: then it had better be steady.
        return level > wild / 2 ? unsteady : MotionSize()
    }

    /// An object that jumps as far as the picture goes jumps more often.
    private func moreOften(_ size: MotionSize, _ level: Double) throws -> MotionSize {
        var (chosen, reached) = (size, level)
        for tempo in times.loops ? [Float(2), 3] : [1.5, 2, 3] where reached < target - Self.satisfied {
            var often = chosen
            often.tempo = tempo
            let (found, level) = try best(often, \.factor, trials: 4)
            if level > reached { (chosen, reached) = (found, level) }
        }
        return chosen
    }

    /// Clouds as far as they go throw shadows, as dark as it takes.
    private func shaded(_ size: MotionSize, _ level: Double) throws -> MotionSize {
        var dark = size
        dark.shadows = 0.5
        let (found, reached) = try best(dark, \.shadows, in: 0.1 ... 1, for: wild, trials: 6)
        return reached > level ? found : size
    }

    /// The best value of one part of a size, all else as given, and the level that the clip then measures.
    ///
    /// - Parameters:
    ///   - size: its part is tried first
    ///   - range: nil, a factor's
    ///   - wanted: level; nil, the target
    private func best(
        _ size: MotionSize, _ part: WritableKeyPath<MotionSize, Float>, in range: ClosedRange<Double>? = nil, for wanted: Double? = nil,
        trials: Int = 8
    ) throws -> (MotionSize, level: Double) {
        func with(_ value: Double) -> MotionSize {
            var size = size
            size[keyPath: part] = Float(value)
            return size
        }
        var calibration = IntensityCalibration(target: wanted ?? target, mostTrials: trials)
        if let range { calibration.range = range }
        let found = try calibration.best(from: Double(size[keyPath: part])) { try trial.level(with($0)) }
        return (with(found.factor), found.level)
    }
}
