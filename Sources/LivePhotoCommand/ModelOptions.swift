import ArgumentParser
import CLivePhoto
import Glibc

/// The files that make a model, beside --model.
struct ModelOptions: ParsableArguments {
    enum NormScope: String, ExpressibleByArgument, CaseIterable {
        case native
        case diffusers
    }

    @Option(name: .long, help: ArgumentHelp("Motion modules of AnimateDiff or AnimateLCM.", valueName: "file"))
    var motion: String?
    @Option(name: .long, help: ArgumentHelp("PIA's or a LivePhoto adapter.", valueName: "file"))
    var conditioner: String?
    @Option(name: .long, help: ArgumentHelp("DINOv2, for a LivePhoto adapter without one.", valueName: "file"))
    var contentEncoder: String?
    @Option(
        name: .long,
        help: ArgumentHelp("LoRA to merge in, with its strength; may be given again.", valueName: "file[:scale]"))
    var lora: [LowRankFile] = []
    @Option(name: .long, help: ArgumentHelp("Autoencoder in place of the model's.", valueName: "file"))
    var vae: String?
    @Option(name: .long, help: ArgumentHelp("Tiny autoencoder (TAESD).", valueName: "file"))
    var taesd: String?
    @Option(name: .long, help: ArgumentHelp("Folder with CLIP's vocab.json and merges.txt.", valueName: "dir"))
    var tokenizer: String?
    @Option(
        name: .long, help: "Group norms as the model's makers compute them, or as diffusers does: native or diffusers.")
    var normScope = NormScope.native
    @Option(
        name: .long,
        help: ArgumentHelp(
            "Side of the square whose pixels the network works on. (default: the model's)", valueName: "n"))
    var workingSide: Int32?

    /// Whether the model is more than a folder.
    var isUsed: Bool {
        [motion, conditioner, contentEncoder, vae, taesd, tokenizer].contains { $0 != nil } || !lora.isEmpty
            || normScope != .native || workingSide != nil
    }
}

/// FILE or FILE:0.8
struct LowRankFile: ExpressibleByArgument {
    let path: String
    let scale: Double

    init?(argument: String) {
        guard let colon = argument.lastIndex(of: ":"), let scale = Double(argument[argument.index(after: colon)...])
        else {
            guard !argument.isEmpty else { return nil }
            (path, self.scale) = (argument, 1)
            return
        }
        guard scale.isFinite, colon > argument.startIndex else { return nil }
        (path, self.scale) = (String(argument[..<colon]), scale)
    }
}

/// The options as the library takes them; the texts live as long as this object.
final class ModelFileArguments {
    private var texts: [UnsafeMutablePointer<CChar>?] = []
    private var loras: UnsafeMutableBufferPointer<livephoto_lora>
    private(set) var files = livephoto_model_files()

    init(base: String, _ options: ModelOptions) {
        loras = .allocate(capacity: options.lora.count)
        files.struct_size = UInt32(MemoryLayout<livephoto_model_files>.size)
        files.base = copy(base)
        files.motion = copy(options.motion)
        files.conditioner = copy(options.conditioner)
        files.content_encoder = copy(options.contentEncoder)
        files.vae = copy(options.vae)
        files.taesd = copy(options.taesd)
        files.tokenizer = copy(options.tokenizer)
        files.norm_scope = Int32(
            bitPattern: (options.normScope == .native ? LIVEPHOTO_NORM_SCOPE_NATIVE : LIVEPHOTO_NORM_SCOPE_DIFFUSERS)
                .rawValue)
        files.working_side = options.workingSide ?? 0
        for (index, lora) in options.lora.enumerated() {
            loras.initializeElement(at: index, to: livephoto_lora(path: copy(lora.path), scale: lora.scale))
        }
        files.loras = UnsafePointer(loras.baseAddress)
        files.lora_count = loras.count
    }

    deinit {
        texts.forEach { free($0) }
        loras.deallocate()
    }

    private func copy(_ text: String?) -> UnsafePointer<CChar>? {
        guard let text else { return nil }
        texts.append(strdup(text))
        return texts.last?.map { UnsafePointer($0) }
    }
}
