import LPTensor

/// DDIM without added noise (eta 0).
///
/// Reference: Song et al. 2021, formula 12; diffusers `DDIMScheduler` without clipping.
package final class DDIMSampler: VariancePreservingSampler {
    package let timesteps: [Double]

    let alphaBars: [Double]
    let originals: [LinearForm]
    let compute: Compute
    private let steps: [LinearForm]

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

    package func step(_ x: Tensor, prediction: Tensor, at index: Int) throws -> Tensor {
        try check(index)
        return try steps[index].applied(x, prediction, compute: compute)
    }

    package func reset() {}
}
