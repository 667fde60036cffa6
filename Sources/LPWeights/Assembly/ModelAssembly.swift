/// The steps of putting a model together.
struct ModelAssembly {
    let request: ModelFileSet
    var base: BaseModel
    private var conditioner: KindSettings.Conditioner?
    private var names: [String] = []

    init(_ request: ModelFileSet) throws {
        self.request = request
        base = try BaseModel(request.base)
        names = [FilePath.name(of: request.base)]
        conditioner = base.isOurs ? nil : Self.conditioner(ofBase: try network(.unet))
    }

    /// A diffusers folder may hold a whole video model.
    private static func conditioner(ofBase unet: NetworkTensors) -> KindSettings.Conditioner? {
        guard unet.has("down_blocks.0.motion_modules.0.norm.weight") else { return nil }
        if unet.extent("conv_in.weight", 1) == 9 { return .pia }
        return .animateDiff(unet.has("mid_block.motion_modules.0.norm.weight") ? .v2 : .v3)
    }

    private func network(_ file: ModelFolder.File) throws -> NetworkTensors {
        guard let network = base.networks[file] else {
            throw WeightError.file(path: base.path, reason: "the model has no \(file.rawValue)")
        }
        return network
    }

    // MARK: motion

    mutating func addMotion() throws {
        guard let path = request.motion else { return }
        if let conditioner = request.conditioner {
            throw WeightError.combination(
                first: path, second: conditioner, reason: "both bring motion modules; leave one of them out")
        }
        let file = try WeightsFile(path)
        guard case .motionModule(let version) = file.kind else {
            throw file.refusal(
                file.kind == .pia || file.kind == .livePhotoAdapter
                    ? "name it as the conditioner" : "a motion module of AnimateDiff is expected")
        }
        try replaceMotion(by: .motion(file.source), from: path)
        if base.isOurs { try setMotion(version) }
        conditioner = .animateDiff(version)
        names.append(FilePath.name(of: path))
    }

    private mutating func replaceMotion(by motion: NetworkTensors, from path: String) throws {
        var unet = try network(.unet)
        try checkFit(motion, unet, path)
        unet.removeAll { $0.includes(".motion_modules.") }
        unet.add(motion)
        base.networks[.unet] = unet
    }

    /// The modules must have as many levels and channels as the UNet.
    private func checkFit(_ motion: NetworkTensors, _ unet: NetworkTensors, _ path: String) throws {
        func widths(_ network: NetworkTensors, _ part: String) -> [Int] {
            (0..<network.count("down_blocks.#.\(part)")).compactMap { network.extent("down_blocks.\($0).\(part)", 0) }
        }
        let own = widths(motion, "motion_modules.0.norm.weight")
        let due = widths(unet, "resnets.0.conv1.weight")
        guard own == due else {
            throw WeightError.combination(
                first: path, second: base.path,
                reason: "the motion modules are for levels of \(own) channels, the UNet has \(due)")
        }
    }

    /// What motion modules change in the settings of a folder of ours.
    private mutating func setMotion(_ version: FileKind.MotionVersion) throws {
        let settings = KindSettings(conditioner: .animateDiff(version), scope: request.normScope)
        var unet = base.document["unet"]?.object ?? [:]
        unet["use_motion_modules"] = .boolean(true)
        unet["use_motion_mid_block"] = .boolean(try network(.unet).has("mid_block.motion_modules.0.norm.weight"))
        unet["resnet_norm_scope"] = .string(try settings.normScopes.resnet)
        base.document["unet"] = .object(unet)
        base.document["frames"] = try settings.frames
    }

    // MARK: conditioner

    mutating func addConditioner() throws {
        guard let path = request.conditioner else { return }
        let file = try WeightsFile(path)
        guard !base.isOurs else {
            throw WeightError.combination(
                first: path, second: base.path,
                reason: "a model folder has its conditioner already; name a Stable Diffusion base")
        }
        switch file.kind {
        case .pia: try addPIA(file)
        case .livePhotoAdapter: try addLivePhoto(file)
        case .motionModule: throw file.refusal("name it as the motion module")
        default: throw file.refusal("PIA's or a LivePhoto adapter is expected")
        }
        names.append(FilePath.name(of: path))
    }

    private mutating func addPIA(_ file: WeightsFile) throws {
        try replaceMotion(by: .motion(file.source), from: file.path)
        var unet = try network(.unet)
        let further = try NetworkTensors(file.source) { $0 == "conv_in.weight" ? $0 : nil }
        if let own = unet.tensors["conv_in.weight"], let more = further.tensors["conv_in.weight"] {
            // The base keeps its own channels and bias; PIA gives those of affinity and photo.
            guard own.shape.count == 4, more.shape.count == 4, own.shape[1] == 4 else {
                throw WeightError.combination(
                    first: file.path, second: base.path,
                    reason:
                        "PIA goes over a UNet with 4 input channels, and this one has \(own.shape.count > 1 ? own.shape[1] : 0)"
                )
            }
            unet.tensors["conv_in.weight"] = try own.changed(by: FurtherInputs(weight: more, from: 4))
        }
        base.networks[.unet] = unet
        conditioner = .pia
    }

    private mutating func addLivePhoto(_ file: WeightsFile) throws {
        let source = file.source
        let motion = try NetworkTensors.motion(source)
        if !motion.tensors.isEmpty { try replaceMotion(by: motion, from: file.path) }
        var unet = try network(.unet)
        let own = ["conv_in.", "content_proj."]
        unet.add(
            try NetworkTensors(source) { name in
                let isOurs =
                    own.contains { name.hasPrefix($0) } || name.includes(".norm_img.") || name.includes(".attn_img.")
                return isOurs ? name : nil
            })
        base.networks[.unet] = unet
        let words = try NetworkTensors(source, prefixes: ["text_reweight."]) { $0 }
        if !words.tensors.isEmpty { base.networks[.textReweighting] = words }
        let content = try NetworkTensors.contentEncoder(source, prefix: "content_encoder.")
        if !content.tensors.isEmpty { base.networks[.contentEncoder] = content }
        conditioner = .livePhoto(source.metadata)
    }

    // MARK: autoencoders, content encoder, adapters

    mutating func replaceAutoencoder() throws {
        guard let path = request.autoencoder else { return }
        let file = try WeightsFile(path)
        switch file.kind {
        case .autoencoder, .checkpoint(_, true, _): break
        default: throw file.refusal("an autoencoder is expected")
        }
        let network = try NetworkTensors.autoencoder(file.source)
        let settings = try ShapeSettings.autoencoder(network, beside: file.settings)
        let old = base.document["vae"]?.object?["latent_channels"]
        guard settings["latent_channels"] == old else {
            throw WeightError.combination(
                first: path, second: base.path,
                reason:
                    "the autoencoder has \(settings["latent_channels"]?.integer ?? 0) latent channels, the base \(old?.integer ?? 0)"
            )
        }
        base.networks[.vae] = network
        base.document["vae"] = .object(settings)
        names.append(FilePath.name(of: path))
    }

    mutating func addSmallParts() throws {
        if let path = request.contentEncoder {
            let file = try WeightsFile(path)
            guard case .contentEncoder = file.kind else { throw file.refusal("DINOv2 is expected") }
            base.networks[.contentEncoder] = try .contentEncoder(file.source)
        }
        if let path = request.tinyAutoencoder {
            base.networks[.tinyAutoencoder] = try TinyAutoencoderFiles.network(path)
        }
    }

    mutating func mergeLowRanks() throws {
        guard !request.lowRanks.isEmpty else { return }
        var (unet, text) = (try network(.unet), try network(.textEncoder))
        for lowRank in request.lowRanks {
            try LowRankMerge.merge(lowRank, unet: &unet, text: &text)
            names.append(FilePath.name(of: lowRank.path))
        }
        base.networks[.unet] = unet
        base.networks[.textEncoder] = text
    }

    // MARK: settings

    func document() throws -> [String: JSONValue] {
        var document = try kindDocument()
        if let side = request.workingSide, case .object(var working)? = document["working"] {
            working["area"] = .integer(min(max(side, 1), 4096) * min(max(side, 1), 4096))
            document["working"] = .object(working)
        }
        return document
    }

    private func kindDocument() throws -> [String: JSONValue] {
        var document = base.document
        if base.isOurs {
            if request.normScope == .diffusers, case .object(var unet)? = document["unet"] {
                unet["resnet_norm_scope"] = .string("frame")
                unet["motion_norm_scope"] = .string("clip")
                document["unet"] = .object(unet)
            }
            return document
        }
        guard let conditioner else {
            throw WeightError.file(
                path: base.path,
                reason:
                    "an image model, which does not move: a motion module, or PIA's or a LivePhoto adapter is needed too"
            )
        }
        let settings = KindSettings(conditioner: conditioner, scope: request.normScope)
        document.merge(try general(settings)) { _, new in new }
        document["unet"] = .object(try unet(settings))
        try addAdapterParts(settings, to: &document)
        return document
    }

    private func general(_ settings: KindSettings) throws -> [String: JSONValue] {
        let autoencoder = base.document["vae"]?.object ?? [:]
        let levels = autoencoder["block_out_channels"]?.array?.count ?? 4
        let positions = base.document["text_encoder"]?.object?["max_position_embeddings"] ?? .integer(77)
        return [
            "format": .string("livephoto"), "version": .integer(ModelConfiguration.version),
            "name": .string(String(names.joined(separator: " + ").prefix(200))),
            "license": .string("those of the files that it was made of"),
            "frames": try settings.frames, "working": settings.working(factor: 1 << min(max(levels - 1, 0), 8)),
            "tokenizer": .object(["max_length": positions]), "scheduler": settings.scheduler,
            "conditioning": try settings.conditioning(latents: autoencoder["latent_channels"]?.integer ?? 4),
            "prior": try settings.prior, "intensity": try settings.intensity,
            "composition": .object(["anchor_first_frame": .boolean(false)]), "defaults": settings.defaults,
        ]
    }

    private func unet(_ settings: KindSettings) throws -> [String: JSONValue] {
        let network = try network(.unet)
        var members = try ShapeSettings.unet(network, beside: nil)
        // What a settings file beside the base has said stays.
        for key in ["num_attention_heads", "motion_num_attention_heads", "norm_num_groups", "norm_eps"] {
            members[key] = base.document["unet"]?.object?[key] ?? members[key]
        }
        members["motion_frames"] = .integer(settings.positions)
        members["resnet_norm_scope"] = .string(try settings.normScopes.resnet)
        members["motion_norm_scope"] = .string(try settings.normScopes.motion)
        let inputs = try settings.conditioning(latents: network.extent("conv_out.weight", 0) ?? 4).object?["layout"]?
            .array?
            .reduce(0) { $0 + ($1.array?.last?.integer ?? 0) }
        guard members["in_channels"]?.integer == inputs else {
            throw WeightError.file(
                path: base.path,
                reason:
                    "the UNet has \(members["in_channels"]?.integer ?? 0) input channels where \(inputs ?? 0) are expected: "
                    + "is it a model for inpainting?")
        }
        return members
    }

    private func addAdapterParts(_ settings: KindSettings, to document: inout [String: JSONValue]) throws {
        if let words = base.networks[.textReweighting] {
            let width = document["text_encoder"]?.object?["hidden_size"]?.integer ?? 0
            document["text_reweighting"] = .object(ShapeSettings.reweighting(words, textWidth: width))
        }
        guard let width = try network(.unet).extent("content_proj.weight", 1) else { return }
        guard let content = base.networks[.contentEncoder] else {
            throw WeightError.file(
                path: request.conditioner ?? base.path,
                reason:
                    "the adapter looks at the photo through DINOv2 of width \(width): name its file as the content encoder"
            )
        }
        document["content_encoder"] = .object(
            try ShapeSettings.contentEncoder(content, settings: try settings.contentEncoder))
        var unet = document["unet"]?.object ?? [:]
        unet["image_cross_attention"] = .boolean(true)
        unet["image_embedding_dim"] = .integer(width)
        document["unet"] = .object(unet)
        guard content.extent("embeddings.patch_embeddings.projection.weight", 0) == width else {
            throw WeightError.combination(
                first: content.path, second: request.conditioner ?? base.path,
                reason: "the adapter was trained with a content encoder of width \(width)")
        }
    }
}
