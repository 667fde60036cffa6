import LPTensor

/// Euler's method on the probability flow, in the form where x is signal plus σ times noise.
///
/// x starts at about σ (20000 with a squared cosine), so the network sees x / √(σ² + 1). A step is written
/// `x' = (σ'/σ) x + (1 - σ'/σ) x0`: the usual `x + (x - x0)/σ (σ' - σ)` without its cancellation.
///
/// The ancestral form steps below the next level, to σ_down, and makes up for it with fresh noise of σ_up:
/// σ_up² = σ'² (σ² - σ'²) / σ², σ_down² = σ'² - σ_up².
///
/// Reference: Karras et al. 2022, algorithm 1; diffusers `EulerDiscreteScheduler`, `EulerAncestralDiscreteScheduler`.
package final class EulerSampler: Sampler {
    package let timesteps: [Double]
    package let initialNoiseScale: Double
    /// σ of every step, and 0.
    package let sigmas: [Double]

    private let originals: [LinearForm]
    private let steps: [LinearForm]
    /// σ_up of every step, 0 without fresh noise.
    private let added: [Double]
    private let noise: StepNoise?
    private let compute: Compute

    /// - Parameter noise: what the ancestral form adds; nil is Euler's plain method
    /// - Throws: `SamplingError` when the schedule has fewer steps than asked for
    package init(_ settings: SamplerSettings, steps count: Int, noise: StepNoise? = nil, compute: Compute) throws {
        timesteps = try settings.timesteps(count, family: .continuous)
        let visited = timesteps.map { settings.schedule.sigma(at: $0) }
        sigmas = visited + [0]
        let highest = visited.max() ?? 0
        // As diffusers: spacings that end on the last training step take σ for the variance of the whole.
        initialNoiseScale = settings.spacing == .leading ? (highest * highest + 1).squareRoot() : highest
        let originals = visited.map { sigma in
            let alphaBar = 1 / (sigma * sigma + 1)
            let form = settings.prediction.forms(alphaBar: alphaBar).original
            return LinearForm(x: form.x * alphaBar.squareRoot(), prediction: form.prediction)
        }
        let levels = originals.indices.map { index -> (down: Double, up: Double) in
            let (sigma, next) = (visited[index], index + 1 < count ? visited[index + 1] : 0)
            guard noise != nil, sigma > next else { return (next, 0) }
            // √(σ'² (σ² - σ'²)) / σ and √(σ'² - σ_up²), the latter without its cancellation.
            return (next * next / sigma, next * ((sigma - next) * (sigma + next)).squareRoot() / sigma)
        }
        steps = originals.indices.map { index in
            let ratio = levels[index].down / visited[index]
            return LinearForm(x: ratio, prediction: 0) + (1 - ratio) * originals[index]
        }
        added = levels.map(\.up)
        self.noise = noise
        self.originals = originals
        self.compute = compute
    }

    package func mixture(at index: Int) throws -> (original: Double, noise: Double) {
        try check(index)
        return (1, sigmas[index])
    }

    package func modelInput(_ x: Tensor, at index: Int) throws -> Tensor {
        try check(index)
        let sigma = sigmas[index]
        return try compute.scale(x, Float(1 / (sigma * sigma + 1).squareRoot()))
    }

    package func step(_ x: Tensor, prediction: Tensor, at index: Int) throws -> Tensor {
        try check(index)
        let next = try steps[index].applied(x, prediction, compute: compute)
        guard let noise, added[index] > 0 else { return next }
        return try compute.axpby(
            1, next, Float(added[index]), try noise.tensor(like: x, step: index, compute))
    }

    package func predictedOriginal(_ x: Tensor, prediction: Tensor, at index: Int) throws -> Tensor {
        try check(index)
        return try originals[index].applied(x, prediction, compute: compute)
    }

    package func reset() {}
}
