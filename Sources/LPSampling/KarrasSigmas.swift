import Glibc

/// Noise levels spaced evenly in σ^(1/7), from the noisiest training step to the cleanest.
///
/// Reference: Karras et al. 2022, formula 5; diffusers `_convert_to_karras`, `_sigma_to_t`.
struct KarrasSigmas {
    /// Falling, without the clean end.
    let sigmas: [Double]
    /// The training steps to evaluate the network at.
    let timesteps: [Double]

    /// - Parameter roundsDown: a network that was trained with the squared cosine gets the whole step below, as diffusers
    ///   gives it; others the nearest
    init(_ schedule: NoiseSchedule, count: Int, roundsDown: Bool) {
        let highest = pow(schedule.sigmas[schedule.trainSteps - 1], 1.0 / 7)
        let lowest = pow(schedule.sigmas[0], 1.0 / 7)
        let sigmas = (0..<count).map { index in
            pow(highest + Double(index) / Double(max(count - 1, 1)) * (lowest - highest), 7)
        }
        self.sigmas = sigmas
        timesteps = sigmas.map { sigma in
            let exact = schedule.timestep(ofSigma: sigma)
            return roundsDown ? exact.rounded(.down) : exact.rounded(.toNearestOrEven)
        }
    }
}

extension NoiseSchedule {
    /// The time whose σ this is, between two training steps in straight lines of ln σ; within 0 ... trainSteps - 1.
    func timestep(ofSigma sigma: Double) -> Double {
        guard trainSteps > 1 else { return 0 }
        // The last step whose σ is not above; σ rises with the step.
        var (below, above) = (0, trainSteps)
        while above - below > 1 {
            let middle = (below + above) / 2
            if sigmas[middle] <= sigma { below = middle } else { above = middle }
        }
        below = min(below, trainSteps - 2)
        let (low, high) = (log(sigmas[below]), log(sigmas[below + 1]))
        guard high > low else { return Double(below) }
        return Double(below) + min(max((log(sigma) - low) / (high - low), 0), 1)
    }
}
