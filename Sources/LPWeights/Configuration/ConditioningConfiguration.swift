/// How the network's input is put together, and in which space the sampler works.
package struct ConditioningConfiguration: Sendable {
    package enum Channel: String, CaseIterable, Sendable {
        case noise, reference, frame, intensity
        /// The affinity of each frame to the photo (PIA).
        case affinity
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
    /// Share of the denoising that is done, 0...1; below 1 the clip starts from the photo with noise on it.
    package let strength: Double
    /// Where the layout has the affinity channel.
    package let affinity: AffinityConfiguration?
    /// What the motion modules' outputs are multiplied by, by level; nil where the level enters the network otherwise.
    package let motionScale: LevelCurves?

    /// Models that are not told the level move more or less by their motion modules' weight; as trained at level 5.
    private static let motionScale = LevelCurves([(1, [0.6]), (5, [1]), (10, [1.4])])
    /// A model that does not see the photo in its input has to find it in what it starts from.
    private static let strengthOfUnseenPhoto = 0.8

    init(
        _ settings: SettingsReader, latentChannels: Int, inputChannels: Int, embedsLevel: Bool = false
    ) throws {
        let layout = try Self.layout(settings, latentChannels: latentChannels)
        let parts = Set(layout.map(\.part))
        self.layout = layout
        strength = try settings.real(
            "strength", 0.01...1, default: parts.contains(.reference) ? 1 : Self.strengthOfUnseenPhoto)
        affinity =
            parts.contains(.affinity) ? try AffinityConfiguration(try settings.optionalSection("affinity")) : nil
        let isTold = embedsLevel || parts.contains(.intensity) || parts.contains(.affinity)
        motionScale =
            isTold && settings.value("motion_scale") == nil
            ? nil : try LevelCurves(settings, "motion_scale", 0...10, default: Self.motionScale)
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

    /// Denoising steps that a run takes when it is asked for `steps`: diffusers' rule, but never none.
    package func stepsTaken(of steps: Int) -> Int {
        strength >= 1 ? steps : min(max(Int(Double(steps) * strength), 1), steps)
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
