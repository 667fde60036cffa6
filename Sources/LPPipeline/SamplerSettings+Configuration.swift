import LPSampling
import LPTensor
import LPWeights

extension SamplerSettings {
    /// The sampling maths of a model's `scheduler` settings.
    package init(_ configuration: SchedulerConfiguration) throws {
        // The names are diffusers' on both sides; a mismatch is a fault of ours, not of the file.
        guard let betas = BetaSchedule(rawValue: configuration.betaSchedule.rawValue),
            let spacing = TimestepSpacing(rawValue: configuration.spacing.rawValue),
            let prediction = PredictionType(rawValue: configuration.prediction.rawValue)
        else { throw PipelineError.internalError("scheduler settings without a sampler") }
        self.init(
            schedule: try NoiseSchedule(
                trainSteps: configuration.trainingSteps, betas: betas,
                betaStart: configuration.betaStart, betaEnd: configuration.betaEnd,
                rescaleZeroTerminalSNR: configuration.rescalesToZeroSNR,
                alphaToOne: configuration.setsFinalAlphaToOne),
            spacing: spacing, stepsOffset: configuration.stepsOffset, prediction: prediction)
    }
}

extension SamplerKind {
    init(_ configured: DefaultsConfiguration.Sampler) {
        switch configured {
        case .ddim: self = .ddim
        case .dpmPlusPlus2M: self = .dpmPlusPlus2M
        case .euler: self = .euler
        case .eulerAncestral: self = .eulerAncestral
        case .dpmPlusPlus2MKarras: self = .dpmPlusPlus2MKarras
        case .uniPC: self = .uniPC
        case .lcm: self = .lcm
        }
    }

    /// - Parameter noise: for the samplers that add some
    package func make(
        _ settings: SamplerSettings, steps: Int, noise: StepNoise, _ compute: Compute
    ) throws -> any Sampler {
        switch self {
        case .ddim: try DDIMSampler(settings, steps: steps, compute: compute)
        case .dpmPlusPlus2M: try DPMSolverPlusPlus2M(settings, steps: steps, compute: compute)
        case .euler: try EulerSampler(settings, steps: steps, compute: compute)
        case .eulerAncestral: try EulerSampler(settings, steps: steps, noise: noise, compute: compute)
        case .dpmPlusPlus2MKarras: try DPMSolverPlusPlus2M(settings, steps: steps, karras: true, compute: compute)
        case .uniPC: try UniPCSampler(settings, steps: steps, compute: compute)
        case .lcm: try LCMSampler(settings, steps: steps, noise: noise, compute: compute)
        }
    }
}
