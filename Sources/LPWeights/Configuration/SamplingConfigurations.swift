/// Noise schedule the model was trained with; diffusers' names and meanings.
package struct SchedulerConfiguration: Sendable {
    package enum BetaSchedule: String, CaseIterable, Sendable {
        case linear
        case scaledLinear = "scaled_linear"
        case squaredCosine = "squaredcos_cap_v2"
    }

    package enum Prediction: String, CaseIterable, Sendable {
        case epsilon
        case sample
        case velocity = "v_prediction"
    }

    package enum Spacing: String, CaseIterable, Sendable {
        case leading, trailing, linspace
    }

    package let trainingSteps: Int
    package let betaSchedule: BetaSchedule
    package let betaStart: Double
    package let betaEnd: Double
    package let prediction: Prediction
    package let spacing: Spacing
    package let stepsOffset: Int
    package let setsFinalAlphaToOne: Bool
    package let rescalesToZeroSNR: Bool

    init(_ settings: SettingsReader) throws {
        trainingSteps = try settings.integer("num_train_timesteps", 2...100_000, default: 1000)
        betaSchedule = try settings.choice("beta_schedule", default: .linear)
        betaStart = try settings.real("beta_start", 1e-8...0.5, default: 0.00085)
        betaEnd = try settings.real("beta_end", 1e-8...0.5, default: 0.012)
        prediction = try settings.choice("prediction_type", default: .epsilon)
        spacing = try settings.choice("timestep_spacing", default: .leading)
        stepsOffset = try settings.integer("steps_offset", 0...1, default: 0)
        setsFinalAlphaToOne = try settings.flag("set_alpha_to_one", default: true)
        rescalesToZeroSNR = try settings.flag("rescale_betas_zero_snr", default: false)
        guard betaStart <= betaEnd else {
            throw settings.failure("beta_start", "is larger than '\(settings.path)beta_end'")
        }
        guard !rescalesToZeroSNR || prediction != .epsilon else {
            throw settings.failure("rescale_betas_zero_snr", "cannot be used with prediction_type \"epsilon\"")
        }
    }
}

/// Prior inversion (paper equation 6).
package struct PriorConfiguration: Sendable {
    package enum Mode: String, CaseIterable, Sendable {
        case ddim, latent, off
    }

    package let mode: Mode
    package let alphaFirst: Double
    package let alphaLast: Double
    package let preservesVariance: Bool

    init(_ settings: SettingsReader) throws {
        mode = try settings.choice("mode", default: .ddim)
        alphaFirst = try settings.real("alpha_first", 0...1, default: 0.033)
        alphaLast = try settings.real("alpha_last", 0...1, default: 0.016)
        preservesVariance = try settings.flag("variance_preserving", default: false)
    }
}
