import Glibc
import LPTensor

/// Finds the size of a motion at which the clip measures the intensity that was asked for.
///
/// The network knows how large a motion of its kind is at a level on the photos of its training; how much a clip of *this*
/// photo moves, by the paper's measure, depends on its texture too. So the clip is rendered small, measured, and the motion
/// made larger or smaller until both agree. Our addition.
struct IntensityCalibration {
    /// 1...10
    let target: Double
    /// Factors of the size between which to look.
    var range: ClosedRange<Double> = 1.0 / 24 ... 12
    var tolerance = 0.2
    var mostTrials = 8

    /// A size of the motion, and the level that the clip then measures.
    struct Trial {
        let factor: Double
        let level: Double
    }

    /// - Parameters:
    ///   - start: the factor to try first
    ///   - level: the measured level of the clip at a factor; rises with it, but for noise
    /// - Returns: the best that was tried
    func best(from start: Double = 1, _ level: (Double) throws -> Double) throws -> Trial {
        var best = Trial(factor: start, level: .infinity)
        // Brackets in logarithms of the factor.
        var (low, high) = (log(range.lowerBound), log(range.upperBound))
        var (lowLevel, highLevel): (Double?, Double?) = (nil, nil)
        var next = log(start)
        for _ in 0..<mostTrials {
            let found = try level(exp(next))
            let error = abs(found - target)
            if error < abs(best.level - target) { best = Trial(factor: exp(next), level: found) }
            if error < tolerance { break }
            if found < target { (low, lowLevel) = (next, found) } else { (high, highLevel) = (next, found) }
            guard high - low > 0.02 else { break }
            if let lowLevel, let highLevel, highLevel > lowLevel {
                // Between the bounds in proportion, but not too near either: levels do not rise evenly.
                let share = (target - lowLevel) / (highLevel - lowLevel)
                next = low + (high - low) * min(max(share, 0.15), 0.85)
            } else {
                // A level is about a quarter more motion.
                next = min(max(next + 0.3 * (target - found), low + 0.15 * (high - low)), high - 0.15 * (high - low))
            }
        }
        return best
    }
}
