/// Numbers of frames the model can make, and their rate.
package struct FramesConfiguration: Sendable {
    package let standard: Int
    package let minimum: Int
    package let maximum: Int
    package let framesPerSecond: Int
    /// Frames that the network sees at once in a longer clip, and how many of them neighbours share.
    package let window: Int
    package let overlap: Int

    init(_ settings: SettingsReader) throws {
        standard = try settings.integer("default", 1...512)
        minimum = try settings.integer("minimum", 1...standard, default: 1)
        maximum = try settings.integer("maximum", standard...512, default: standard)
        framesPerSecond = try settings.integer("fps", 1...240, default: 8)
        window = try settings.integer("window", 1...512, default: maximum)
        overlap = try settings.integer("overlap", 0...(window - 1), default: window / 4)
    }
}

/// The size, in pixels, that the model works at.
package struct WorkingSizeConfiguration: Sendable {
    package let area: Int
    package let multiple: Int
    package let minimumSide: Int
    package let maximumSide: Int

    /// - Parameter factor: pixels per latent cell; it must divide the sides
    init(_ settings: SettingsReader, factor: Int) throws {
        area = try settings.integer("area", 64...(4096 * 4096))
        multiple = try settings.integer("multiple", 1...1024, default: factor)
        minimumSide = try settings.integer("minimum_side", 1...4096, default: multiple)
        maximumSide = try settings.integer("maximum_side", minimumSide...4096, default: 4096 / multiple * multiple)
        guard multiple % factor == 0 else {
            throw settings.failure("multiple", "is \(multiple), not a multiple of the latent cell's \(factor) pixels")
        }
        try settings.requireDivides("multiple", multiple, [minimumSide], of: "minimum_side")
        try settings.requireDivides("multiple", multiple, [maximumSide], of: "maximum_side")
    }
}

/// Mean adjacent-frame SSIM between the ten motion levels, from still to lively.
package struct IntensityConfiguration: Sendable {
    /// Nine values, strictly descending.
    package let edges: [Double]
    package let standard: Double

    init(_ settings: SettingsReader) throws {
        edges = try settings.reals("edges", count: 9, -1...1)
        standard = try settings.real("default", 1...10, default: 5)
        for (index, (upper, lower)) in zip(edges, edges.dropFirst()).enumerated() where lower >= upper {
            throw settings.failure("edges[\(index + 1)]", "is not below the one before it")
        }
    }
}

/// How the photo's own pixels and the decoded frames become the clip.
package struct CompositionConfiguration: Sendable {
    package enum Border: String, CaseIterable, Sendable {
        case reflect, clamp
    }

    package let border: Border
    package let residualThreshold: Float
    package let anchorsFirstFrame: Bool

    init(_ settings: SettingsReader?) throws {
        border = try settings?.choice("border", default: .reflect) ?? .reflect
        residualThreshold = Float(try settings?.real("residual_threshold", 0...1, default: 0) ?? 0)
        anchorsFirstFrame = try settings?.flag("anchor_first_frame", default: true) ?? true
    }
}

/// Settings of a run that the user has not chosen.
package struct DefaultsConfiguration: Sendable {
    package enum Sampler: String, CaseIterable, Sendable {
        case ddim
        case dpmPlusPlus2M = "dpmpp_2m"
        case euler
        case eulerAncestral = "euler_a"
        case dpmPlusPlus2MKarras = "dpmpp_2m_karras"
        case uniPC = "unipc"
        case lcm
    }

    /// PIA's own, for models with its affinity channel.
    private static let affinityNegativePrompt =
        "wrong white balance, dark, sketches,worst quality,low quality, deformed, distorted, disfigured, bad eyes, "
        + "wrong lips,weird mouth, bad teeth, mutated hands and fingers, bad anatomy,wrong anatomy, amputation, "
        + "extra limb, missing limb, floating,limbs, disconnected limbs, mutation, ugly, disgusting, bad_pictures, "
        + "negative_hand-neg"

    package let steps: Int
    package let guidance: Double
    package let guidanceRescale: Double
    package let sampler: Sampler
    package let negativePrompt: String

    init(_ settings: SettingsReader?, usesAffinity: Bool = false) throws {
        steps = try settings?.integer("steps", 1...1000, default: 25) ?? 25
        guidance = try settings?.real("guidance", 0...30, default: 7.5) ?? 7.5
        guidanceRescale = try settings?.real("guidance_rescale", 0...1, default: 0) ?? 0
        sampler = try settings?.choice("sampler", default: .ddim) ?? .ddim
        let standard = usesAffinity ? Self.affinityNegativePrompt : ""
        negativePrompt = try settings?.text("negative_prompt", default: standard, limit: 16384) ?? standard
    }
}
