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

/// How the network's input is put together, and in which space the sampler works.
package struct ConditioningConfiguration: Sendable {
    package enum Channel: String, CaseIterable, Sendable {
        case noise, reference, frame, intensity
    }

    package enum LatentSpace: String, CaseIterable, Sendable {
        case latent, residual
    }

    /// Parts of the input in channel order.
    package let layout: [(part: Channel, channels: Int)]
    package let latentSpace: LatentSpace
    package let residualScale: Float
    package let residualGain: Float
    package let intensityScale: Float
    /// The starting noise of a frame has mean 0 in every channel.
    package let usesZeroMeanNoise: Bool

    init(_ settings: SettingsReader, latentChannels: Int, inputChannels: Int) throws {
        layout = try Self.layout(settings, latentChannels: latentChannels)
        latentSpace = try settings.choice("latent_space", default: .latent)
        residualScale = Float(try settings.real("residual_scale", 1e-4...1e4, default: 1))
        residualGain = Float(try settings.real("residual_gain", -1e4...1e4, default: 1))
        intensityScale = Float(try settings.real("intensity_scale", -1e4...1e4, default: 1))
        usesZeroMeanNoise = try settings.flag("zero_mean_noise", default: false)
        let total = layout.reduce(0) { $0 + $1.channels }
        guard total == inputChannels else {
            throw settings.failure("layout", "has \(total) channels; 'unet.in_channels' is \(inputChannels)")
        }
    }

    private static func layout(
        _ settings: SettingsReader, latentChannels: Int
    ) throws -> [(part: Channel, channels: Int)] {
        var layout: [(part: Channel, channels: Int)] = []
        for (index, element) in try settings.elements("layout", count: 1...Channel.allCases.count).enumerated() {
            let key = "layout[\(index)]"
            guard let pair = element.array, pair.count == 2, let name = pair[0].string, let channels = pair[1].integer
            else { throw settings.failure(key, "is not a pair of a name and a number of channels") }
            guard let part = Channel(rawValue: name) else {
                let known = Channel.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
                throw settings.failure(key, "is \"\(name.prefix(80))\"; one of \(known) is expected")
            }
            guard !layout.contains(where: { $0.part == part }) else {
                throw settings.failure(key, "names \"\(name)\" again")
            }
            let expected = part == .noise || part == .reference ? latentChannels : 1
            guard channels == expected else {
                throw settings.failure(key, "has \(channels) channels; \(expected) expected for \"\(name)\"")
            }
            layout.append((part, channels))
        }
        guard layout.contains(where: { $0.part == .noise }) else {
            throw settings.failure("layout", "has no \"noise\"")
        }
        return layout
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
