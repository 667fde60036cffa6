import Glibc

/// The functions of time that trajectories are sums of; all are 0 at time 0.
///
/// - Reference: Models/FORMAT.md, "Motion program"; `motion_program.basis` in Training.
enum TimeBasis {
    static let count = 16
    /// Those that come back by themselves.
    static let periodic = 2..<15
    /// Of these, those that go to both sides of 0.
    static let sideless: Set = [2, 3, 4, 5, 12, 13, 14]

    /// - Parameters:
    ///   - time: 0...1 over the clip
    ///   - loops: functions that do not come back by themselves go there and back, so that time 1 is time 0
    ///   - calm: the irregular series have fewer turns, as a hand has that holds a camera
    ///   - tempo: functions that come back by themselves do so many times as often
    static func values(at time: Double, loops: Bool, calm: Bool = false, tempo: Double = 1) -> [Float] {
        let there = loops ? (1 - cos(2 * Double.pi * time)) / 2 : time
        let turn = 2 * Double.pi * time * tempo
        var values = [there, there * there * (3 - 2 * there)]
        for cycles in 1...4 { values.append(sin(Double(cycles) * turn)) }
        for cycles in 1...4 { values.append((1 - cos(Double(cycles) * turn)) / 2) }
        values += [hops(time * tempo, 2), hops(time * tempo, 4)]
        values.append(irregular(turn, calm ? [3, 2, 4] : [5, 3, 7], [0.0, 1.3, 2.1]))
        values.append(irregular(turn, calm ? [2, 3, 5] : [4, 6, 9], [0.9, 2.6, 0.4]))
        values.append(irregular(turn, calm ? [3, 1, 4] : [6, 2, 8], [2.2, 0.3, 1.7]))
        // Looping, the last flash must have gone out before the first frame comes again.
        values.append(flash(time) - (loops ? flash(1) * time : 0))
        return values.map(Float.init)
    }

    /// What light does that wavers before it has changed, about -1...1: it begins steady and, unless it loops, is steady again in the end.
    static func unrest(at time: Double, loops: Bool) -> Double {
        let still = loops ? 1 : 0.8  // from here on
        guard time < still else { return 0 }
        return sin(Double.pi * time / still) * irregular(2 * Double.pi * time, [7, 4, 9], [0, 0, 0])
    }

    /// Height of a jumper: parabolas.
    private static func hops(_ time: Double, _ count: Double) -> Double {
        let phase = fmod(time * count, 1)
        return 4 * phase * (1 - phase)
    }

    /// An irregular but periodic series of about unit size.
    private static func irregular(_ turn: Double, _ frequencies: [Double], _ phases: [Double]) -> Double {
        var sum = 0.0
        for (weight, (frequency, phase)) in zip([1.0, 0.7, 0.5], zip(frequencies, phases)) {
            sum += weight * (sin(frequency * turn + phase) - sin(phase))
        }
        return sum / 1.5
    }

    /// Three flashes that die away.
    private static func flash(_ time: Double) -> Double {
        var brightest = 0.0
        for (start, strength) in [(3.0 / 16, 1.0), (5.0 / 16, 0.6), (10.0 / 16, 0.9)] where time >= start {
            brightest = max(brightest, exp(-(time - start) * 13) * strength)
        }
        return brightest
    }
}
