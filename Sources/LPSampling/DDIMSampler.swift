import LPTensor

/// DDIM without added noise (eta 0).
///
/// Reference: Song et al. 2021, formula 12; diffusers `DDIMScheduler` without clipping.
package final class DDIMSampler: Sampler {
    package let timesteps: [Double]
    package let initialNoiseScale = 1.0

    private let alphaBars: [Double]
    private let originals: [LinearForm]
    private let steps: [LinearForm]
    private let compute: Compute

    /// - Throws: `SamplingError` when the schedule has fewer steps than asked for
    package init(_ settings: SamplerSettings, steps count: Int, compute: Compute) throws {
        let schedule = settings.schedule
        timesteps = try settings.timesteps(count, family: .discrete)
        let stride = Double(schedule.trainSteps / count)
        alphaBars = timesteps.map(schedule.alphaBar(at:))
        let forms = alphaBars.map(settings.prediction.forms(alphaBar:))
        originals = forms.map(\.original)
        steps = zip(timesteps, forms).map { timestep, form in
            let next = schedule.alphaBar(at: timestep - stride)
            return next.squareRoot() * form.original + (1 - next).squareRoot() * form.noise
        }
        self.compute = compute
    }

    package func mixture(at index: Int) throws -> (original: Double, noise: Double) {
        try check(index)
        return mixture(alphaBar: alphaBars[index])
    }

    package func modelInput(_ x: Tensor, at index: Int) throws -> Tensor {
        try check(index)
        return x
    }

    package func step(_ x: Tensor, prediction: Tensor, at index: Int) throws -> Tensor {
        try check(index)
        return try steps[index].applied(x, prediction, compute: compute)
    }

    package func predictedOriginal(_ x: Tensor, prediction: Tensor, at index: Int) throws -> Tensor {
        try check(index)
        return try originals[index].applied(x, prediction, compute: compute)
    }

    package func reset() {}
}
