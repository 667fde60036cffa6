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
        let (chosen, level) = try best(MotionSize())
        guard level < target - Self.satisfied else { return chosen }
        if script.objectRepeats { return try moreOften(chosen, level) }
        if abs(script.drifts) > 0.5, level < wild - Self.satisfied { return try shaded(chosen, level) }
        return chosen
    }

    /// For a clip in which nothing but the light changes, once.
    func lighting() throws -> MotionSize {
        guard target > Self.calmLevel else { return MotionSize() }
        let found = try IntensityCalibration(target: wild, range: 0.02 ... 3).best(from: 0.5) {
            try trial.level(MotionSize(lightUnrest: Float($0)))
        }
        // A change of colour alone is hardly seen by the measure however it wavers: then it had better be steady.
        return found.level > wild / 2 ? MotionSize(lightUnrest: Float(found.factor)) : MotionSize()
    }

    /// The best factor, all else as given, and the level that it measures.
    private func best(_ size: MotionSize, trials: Int = 8) throws -> (MotionSize, level: Double) {
        func sized(_ factor: Double) -> MotionSize {
            var size = size
            size.factor = Float(factor)
            return size
        }
        let found = try IntensityCalibration(target: target, mostTrials: trials).best(from: Double(size.factor)) { try trial.level(sized($0)) }
        return (sized(found.factor), found.level)
    }

    /// An object that jumps as far as the picture goes jumps more often.
    private func moreOften(_ size: MotionSize, _ level: Double) throws -> MotionSize {
        var (chosen, reached) = (size, level)
        for tempo in times.loops ? [Float(2), 3] : [1.5, 2, 3] where reached < target - Self.satisfied {
            var often = chosen
            often.tempo = tempo
            let (found, level) = try best(often, trials: 4)
            if level > reached { (chosen, reached) = (found, level) }
        }
        return chosen
    }

    /// Clouds as far as they go throw shadows, as dark as it takes.
    private func shaded(_ size: MotionSize, _ level: Double) throws -> MotionSize {
        func with(_ shadows: Double) -> MotionSize {
            var size = size
            size.shadows = Float(shadows)
            return size
        }
        let found = try IntensityCalibration(target: wild, range: 0.1 ... 1, mostTrials: 6).best(from: 0.5) { try trial.level(with($0)) }
        return found.level > level ? with(found.factor) : size
    }
}
