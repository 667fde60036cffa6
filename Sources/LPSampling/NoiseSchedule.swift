import Glibc

/// How β grows over the training steps; raw values are those of `scheduler.beta_schedule` in config.json.
package enum BetaSchedule: String, Sendable, CaseIterable {
    /// β from start to end in equal steps (AnimateDiff, PIA).
    case linear
    /// √β from start to end in equal steps (Stable Diffusion 1.5).
    case scaledLinear = "scaled_linear"
    /// ᾱ follows a squared cosine, each β at most 0.999 (Glide).
    case squaredCosine = "squaredcos_cap_v2"
}

/// The amount of signal ᾱ and noise σ that training put into each of its time steps.
///
/// A noisy sample of step t is `√ᾱ x0 + √(1-ᾱ) ε`; seen by the samplers that count in noise per signal it is that
/// divided by √ᾱ, and its noise level is `σ = √((1-ᾱ)/ᾱ)`. Everything is kept in Double: ᾱ of the last step of the
/// squared cosine is about 2.4e-9, which costs a single-precision product half of its digits.
///
/// Reference: diffusers, `scheduling_ddim.py` (betas, `betas_for_alpha_bar`, `rescale_zero_terminal_snr`).
package struct NoiseSchedule: Sendable {
    package let betas: BetaSchedule
    /// ᾱ of the steps 0 ..< trainSteps, falling, each above 0 (but for the last with a zero terminal signal), below 1.
    package let alphaBars: [Double]
    /// σ of the same steps. A zero terminal signal counts as ᾱ = 2^-24 here, as in diffusers.
    package let sigmas: [Double]
    /// ᾱ below step 0: 1, or that of step 0 (`set_alpha_to_one` false, Stable Diffusion 1.5).
    package let finalAlphaBar: Double

    package var trainSteps: Int { alphaBars.count }

    /// ᾱ that stands for a signal of zero where a division needs one: the smallest half precision number.
    static let leastAlphaBar = 0x1p-24
    /// Bounds within which every coefficient of every sampler is a finite Float.
    private static let leastSignal = 1e-20
    private static let leastStep = 1e-9

    /// - Parameters:
    ///   - trainSteps: 1 ... 100000
    ///   - betaStart, betaEnd: 0 < β < 1; the squared cosine does not use them
    ///   - rescaleZeroTerminalSNR: shifts √ᾱ so that the last step is pure noise
    ///   - alphaToOne: whether the clean end counts as ᾱ = 1
    /// - Throws: `SamplingError.configuration`
    package init(
        trainSteps: Int = 1000, betas: BetaSchedule, betaStart: Double = 0.00085, betaEnd: Double = 0.012,
        rescaleZeroTerminalSNR: Bool = false, alphaToOne: Bool = true
    ) throws {
        guard (1...100_000).contains(trainSteps) else {
            throw SamplingError.configuration("num_train_timesteps is \(trainSteps), not 1 to 100000")
        }
        if betas != .squaredCosine {
            guard betaStart > 0, betaStart < 1, betaEnd > 0, betaEnd < 1 else {
                throw SamplingError.configuration("beta_start \(betaStart), beta_end \(betaEnd): not within 0 to 1")
            }
        }
        guard !rescaleZeroTerminalSNR || trainSteps > 1 else {
            throw SamplingError.configuration("rescale_betas_zero_snr needs more than one training step")
        }
        var product = 1.0
        var bars: [Double] = []
        bars.reserveCapacity(trainSteps)
        for step in 0..<trainSteps {
            product *= 1 - Self.beta(step, of: trainSteps, betas, betaStart, betaEnd)
            bars.append(product)
        }
        if rescaleZeroTerminalSNR, product < bars[0] {
            bars = Self.rescaled(bars)
        }
        guard bars[0] <= 1 - Self.leastStep, bars.dropLast().allSatisfy({ $0 >= Self.leastSignal }),
            bars[trainSteps - 1] >= (rescaleZeroTerminalSNR ? 0 : Self.leastSignal)
        else {
            throw SamplingError.configuration("the schedule adds no noise at its start or keeps no signal at its end")
        }
        self.betas = betas
        alphaBars = bars
        sigmas = bars.map { bar in
            let kept = bar > 0 ? bar : Self.leastAlphaBar
            return ((1 - kept) / kept).squareRoot()
        }
        finalAlphaBar = alphaToOne ? 1 : bars[0]
    }

    private static func beta(
        _ step: Int, of count: Int, _ schedule: BetaSchedule, _ start: Double, _ end: Double
    ) -> Double {
        let position = count > 1 ? Double(step) / Double(count - 1) : 0
        switch schedule {
        case .linear:
            return start + (end - start) * position
        case .scaledLinear:
            let root = start.squareRoot() + (end.squareRoot() - start.squareRoot()) * position
            return root * root
        case .squaredCosine:
            func signal(_ time: Double) -> Double {
                let angle = cos((time + 0.008) / 1.008 * Double.pi / 2)
                return angle * angle
            }
            return min(1 - signal(Double(step + 1) / Double(count)) / signal(Double(step) / Double(count)), 0.999)
        }
    }

    /// Lin et al., "Common Diffusion Noise Schedules and Sample Steps are Flawed", algorithm 1.
    private static func rescaled(_ bars: [Double]) -> [Double] {
        let roots = bars.map { $0.squareRoot() }
        let first = roots[0]
        let last = roots[roots.count - 1]
        return roots.map { root in
            let shifted = (root - last) * first / (first - last)
            return shifted * shifted
        }
    }

    /// ᾱ at a time step, `finalAlphaBar` below 0. Between two steps it is that of `sigma(at:)`.
    package func alphaBar(at timestep: Double) -> Double {
        guard timestep >= 0 else { return finalAlphaBar }
        if let step = Int(exactly: timestep.rounded()), Double(step) == timestep {
            return alphaBars[min(step, trainSteps - 1)]
        }
        let sigma = sigma(at: timestep)
        return 1 / (sigma * sigma + 1)
    }

    /// σ at a time step within 0 ... trainSteps - 1, in straight lines between the steps.
    package func sigma(at timestep: Double) -> Double {
        guard timestep > 0 else { return sigmas[0] }
        guard timestep < Double(trainSteps - 1) else { return sigmas[trainSteps - 1] }
        let below = Int(timestep)
        return sigmas[below] + (sigmas[below + 1] - sigmas[below]) * (timestep - Double(below))
    }
}
