/// Time spent in a run's steps and a guess of what is left, from the steps already taken.
struct RunClock {
    private(set) var seconds = 0.0
    private var denoising = Pace()
    private var decoding = Pace()

    /// Seconds of one phase's steps.
    private struct Pace {
        var total = 0.0
        var count = 0
        var mean: Double? { count > 0 ? total / Double(count) : nil }
        mutating func add(_ seconds: Double) {
            total += seconds
            count += 1
        }
    }

    /// A step of denoising is worth about this many decoded frames, until both have been seen.
    private static let framesPerDenoisingStep = 6.0

    /// Time that says nothing about the steps to come.
    mutating func countEncoding(_ seconds: Double) { self.seconds += seconds }

    mutating func countDenoising(_ seconds: Double) {
        self.seconds += seconds
        denoising.add(seconds)
    }

    mutating func countDecoding(_ seconds: Double) {
        self.seconds += seconds
        decoding.add(seconds)
    }

    /// - Parameter estimate: seconds of the whole run, from before it began
    func left(denoisingSteps: Int, frames: Int, estimate: Double) -> Double {
        guard let step = denoising.mean else { return max(estimate - seconds, 0) }
        let frame = decoding.mean ?? step / RunClock.framesPerDenoisingStep
        return step * Double(denoisingSteps) + frame * Double(frames)
    }
}
