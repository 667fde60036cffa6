import LPModels
import LPSampling

extension MotionTake {
    /// The take of a seed; that of seed 0 is plain.
    init(seed: UInt64) {
        guard seed != 0 else {
            self = .plain
            return
        }
        let philox = Philox(seed: seed)
        /// -1...1
        func number(_ index: Int) -> Double {
            let words = philox.words((UInt32(index / 4), 0, PhiloxNoise.Stream.take.rawValue, 0))
            let word = [words.0, words.1, words.2, words.3][index % 4]
            return 2 * (Double(word) + 0.5) / 4_294_967_296 - 1
        }
        self.init(
            pace: (Self.widestPace * number(0), Self.widestPace * number(1)), isMirrored: number(2) > 0,
            waves: MotionScript.waves.indices.map { 1 - (1 - Self.weakestWave) * Float(1 + number(3 + $0)) / 2 })
    }
}
