/// How a model of a kind is sampled and conditioned: what its makers' code fixes and its weights do not tell.
///
/// Sources: guoyww/AnimateDiff, open-mmlab/PIA, diffusers' AnimateDiff and PIA pipelines; the LivePhoto paper.
struct KindSettings {
    enum Conditioner {
        case animateDiff(FileKind.MotionVersion)
        case pia
        /// With the texts of the adapter's file.
        case livePhoto([String: String])
    }

    let conditioner: Conditioner
    let scope: ModelFileSet.NormScope

    /// The model's longest clip: rows of the table of positions that the modules were trained with.
    var positions: Int {
        switch conditioner {
        case .animateDiff(.v1): 24
        case .animateDiff(.lcm): 64
        case .animateDiff, .pia, .livePhoto: 32
        }
    }

    /// AnimateDiff 1 and PIA take the statistics of resnets and output over all frames; the motion modules' own norm is per frame
    /// in the original code, and over all frames in diffusers.
    var normScopes: (resnet: String, motion: String) {
        get throws {
            if scope == .diffusers { return ("frame", "clip") }
            switch conditioner {
            case .animateDiff(.v1), .pia: return ("clip", "frame")
            case .animateDiff: return ("frame", "frame")
            case .livePhoto:
                let own = try json("norm_scope")?.object
                return (own?["resnet"]?.string ?? "frame", own?["motion"]?.string ?? "frame")
            }
        }
    }

    /// All of AnimateDiff's family was trained with a linear schedule of beta, unlike the image models below it.
    var scheduler: JSONValue {
        .object([
            "num_train_timesteps": .integer(1000), "beta_schedule": .string(text("beta_schedule") ?? "linear"),
            "beta_start": .real(0.00085), "beta_end": .real(0.012), "prediction_type": .string("epsilon"),
            "timestep_spacing": .string("leading"), "steps_offset": .integer(1), "set_alpha_to_one": .boolean(true),
        ])
    }

    var defaults: JSONValue {
        var members: [String: JSONValue] = [
            "steps": .integer(25), "guidance": .real(7.5), "sampler": .string("ddim"),
        ]
        if case .animateDiff(.lcm) = conditioner {
            members["steps"] = .integer(6)
            members["guidance"] = .real(1.5)
            if DefaultsConfiguration.Sampler(rawValue: "lcm") != nil { members["sampler"] = .string("lcm") }
        }
        return .object(members)
    }

    /// - Parameter latents: channels of a latent
    func conditioning(latents: Int) throws -> JSONValue {
        func part(_ name: String, _ channels: Int) -> JSONValue { .array([.string(name), .integer(channels)]) }
        var layout: [JSONValue]
        switch conditioner {
        case .animateDiff: layout = [part("noise", latents)]
        case .pia: layout = [part("noise", latents), part("affinity", 1), part("reference", latents)]
        case .livePhoto:
            layout = [part("noise", latents), part("reference", latents), part("frame", 1), part("intensity", 1)]
            if let names = try json("channels")?.array {
                layout = names.map { name in
                    let isLatent = ["noise", "reference"].contains(name.string ?? "")
                    return .array([name, .integer(isLatent ? latents : 1)])
                }
            }
        }
        var members: [String: JSONValue] = ["layout": .array(layout), "latent_space": .string("latent")]
        if let scale = try json("intensity_scale") { members["intensity_scale"] = scale }
        return .object(members)
    }

    var frames: JSONValue {
        get throws {
            let standard = min(max(try json("frames")?.integer ?? 16, 1), positions)
            return .object([
                "default": .integer(standard), "minimum": .integer(1), "maximum": .integer(positions),
                "fps": .integer(8),
            ])
        }
    }

    /// LivePhoto inverts the photo (paper equation 6); the others know no such thing.
    var prior: JSONValue {
        get throws {
            guard case .livePhoto = conditioner else { return .null }
            let alpha = try json("alpha")?.array?.compactMap(\.real) ?? []
            return .object([
                "mode": .string("ddim"), "alpha_first": .real(alpha.first ?? 0.033),
                "alpha_last": .real(alpha.last ?? 0.016),
            ])
        }
    }

    /// The levels of a trained adapter; for the others, which were not trained on levels, those of the shipped model.
    var intensity: JSONValue {
        get throws {
            let edges = [0.998179, 0.992001, 0.983522, 0.973224, 0.955228, 0.919147, 0.886108, 0.82767, 0.676794]
            return .object([
                "edges": try json("intensity_edges") ?? .array(edges.map { .real($0) }), "default": .integer(5),
            ])
        }
    }

    /// - Parameter factor: pixels per latent cell
    func working(factor: Int) -> JSONValue {
        // 64 cells a side are what Stable Diffusion 1 was trained at; the paper's adapter saw 32.
        let cells: Int
        if case .livePhoto = conditioner { cells = 32 } else { cells = 64 }
        return .object([
            "area": .integer(cells * factor * cells * factor), "multiple": .integer(factor),
            "minimum_side": .integer(8 * factor), "maximum_side": .integer(128 * factor),
        ])
    }

    /// What the adapter says of its content encoder.
    var contentEncoder: JSONValue? {
        get throws { try json("dino") }
    }

    private func text(_ key: String) -> String? {
        if case .livePhoto(let metadata) = conditioner { metadata["livephoto.\(key)"] } else { nil }
    }

    /// A text of the adapter's file that is JSON: a number, a list, an object.
    private func json(_ key: String) throws -> JSONValue? {
        guard let text = text(key) else { return nil }
        do {
            return try JSONParser.parse(Array(text.utf8), limits: .init(bytes: 1 << 16, depth: 4))
        } catch let error as JSONError {
            throw WeightError.setting(
                key: "livephoto.\(key)", reason: "in the adapter's metadata is not JSON: \(error.reason)")
        }
    }
}
