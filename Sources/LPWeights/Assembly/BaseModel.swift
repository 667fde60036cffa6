/// What a model is built on: networks under the names of Models/FORMAT.md, settings, and a vocabulary where there is one.
struct BaseModel {
    let path: String
    var networks: [ModelFolder.File: NetworkTensors] = [:]
    /// Sections of config.json that the base determines; all of them for a folder of ours.
    var document: [String: JSONValue] = [:]
    /// Folder of vocab.json and merges.txt.
    var tokenizer: String?
    /// A folder that this library reads by itself.
    let isOurs: Bool

    /// - Throws: `WeightError` naming the file or folder
    init(_ path: String) throws {
        self.path = path
        let isFolder = FilePath.isFolder(path)
        isOurs = isFolder && !FilePath.isFile(FilePath.join(path, "model_index.json"))
        switch (isFolder, isOurs) {
        case (false, _): try readSingleFile()
        case (true, false): try readDiffusers()
        case (true, true): try readOurs()
        }
    }

    // MARK: a folder of ours

    private mutating func readOurs() throws {
        guard FilePath.isFile(FilePath.join(path, ModelFolder.File.configuration.rawValue)) else {
            throw WeightError.file(
                path: path,
                reason: "a folder with neither config.json nor model_index.json, so no model that is known here")
        }
        let folder = try ModelFolder(path: path)
        document = folder.document.object ?? [:]
        tokenizer = path
        for file in folder.networks {
            let source = try SafetensorsFile(path: folder.path(of: file))
            networks[file] = NetworkTensors(
                path: source.path, tensors: source.entries.mapValues { BoundTensor(source, $0) })
        }
    }

    // MARK: diffusers

    private mutating func readDiffusers() throws {
        let index = try SettingsFile.read(FilePath.join(path, "model_index.json"))
        if let name = index?.object?["_class_name"]?.string, !name.hasPrefix("StableDiffusion") || name.includes("XL"),
            !["AnimateDiff", "PIA"].contains(where: { name.hasPrefix($0) }) || name.includes("XL")
        {
            throw WeightError.file(
                path: path, reason: "holds a \(name.prefix(80)); a Stable Diffusion 1 model is expected")
        }
        let unet = try WeightsFile(FilePath.join(path, "unet"))
        guard case .unet(_, let layout, _) = unet.kind else {
            throw unet.refusal("a Stable Diffusion UNet is expected")
        }
        let autoencoder = try WeightsFile(FilePath.join(path, "vae"))
        guard case .autoencoder = autoencoder.kind else { throw autoencoder.refusal("an autoencoder is expected") }
        let text = try WeightsFile(FilePath.join(path, "text_encoder"))
        guard case .textEncoder = text.kind else { throw text.refusal("a CLIP text encoder is expected") }
        try take(
            unet: .unet(unet.source, layout), unet.settings, autoencoder: .autoencoder(autoencoder.source),
            autoencoder.settings, text: .text(text.source), text.settings)
        let folder = FilePath.join(path, "tokenizer")
        if Vocabulary.isIn(folder) { tokenizer = folder }
    }

    // MARK: one file

    private mutating func readSingleFile() throws {
        let file = try WeightsFile(path)
        guard case .checkpoint(_, let hasAutoencoder, let hasText) = file.kind else {
            throw file.refusal("a model is a checkpoint with UNet, autoencoder and text encoder, or a folder")
        }
        guard hasAutoencoder, hasText else {
            throw WeightError.file(
                path: path, reason: "this is \(file.kind.description); autoencoder and text encoder are needed too")
        }
        try take(
            unet: .unet(file.source, .singleFile), nil, autoencoder: .autoencoder(file.source), nil,
            text: .text(file.source, root: "cond_stage_model.transformer."), nil)
        let folder = FilePath.parent(of: path)
        tokenizer = [folder, FilePath.join(folder, "tokenizer")].first(where: Vocabulary.isIn)
    }

    private mutating func take(
        unet: NetworkTensors, _ unetSettings: JSONValue?, autoencoder: NetworkTensors,
        _ autoencoderSettings: JSONValue?,
        text: NetworkTensors, _ textSettings: JSONValue?
    ) throws {
        networks = [.unet: unet, .vae: autoencoder, .textEncoder: text]
        document["unet"] = .object(try ShapeSettings.unet(unet, beside: unetSettings))
        document["vae"] = .object(try ShapeSettings.autoencoder(autoencoder, beside: autoencoderSettings))
        document["text_encoder"] = .object(try ShapeSettings.text(text, beside: textSettings))
    }
}

/// The two files of CLIP's tokenizer.
enum Vocabulary {
    static func isIn(_ folder: String) -> Bool {
        [ModelFolder.File.vocabulary, .merges].allSatisfy { FilePath.isFile(FilePath.join(folder, $0.rawValue)) }
    }

    /// - Parameters:
    ///   - wish: the folder that the user named, or nil
    ///   - base: where the base has its own, or nil
    /// - Returns: the folder
    static func folder(wish: String?, base: BaseModel) throws -> String {
        if let wish {
            let places = [wish, FilePath.join(wish, "tokenizer")]
            guard let folder = places.first(where: isIn) else {
                throw WeightError.file(
                    path: wish, reason: "has no vocab.json and merges.txt, which are CLIP's tokenizer")
            }
            return folder
        }
        guard let folder = base.tokenizer else {
            throw WeightError.file(
                path: base.path,
                reason: "brings no tokenizer: name a folder with CLIP's vocab.json and merges.txt (the folder "
                    + "'tokenizer' of any Stable Diffusion 1 model in diffusers' layout) as the tokenizer, or lay it beside"
            )
        }
        return folder
    }
}
