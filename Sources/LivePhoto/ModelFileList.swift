import CLivePhoto
import Glibc
import LPWeights

extension livephoto_model_files: SizedStruct {
    static var firstSize: Int { 88 }
}

extension ModelFileSet {
    /// The host's list of files. A longer struct of a later header may have fields that are not known here; a shorter one
    /// than the first is refused.
    /// - Throws: `Refusal.argument` naming the field
    init(_ pointer: UnsafePointer<livephoto_model_files>?) throws {
        let pointer = try required(pointer, "files")
        try livephoto_model_files.check(UnsafeMutablePointer(mutating: pointer))
        let files = pointer.pointee
        func path(_ text: UnsafePointer<CChar>?, _ name: String) throws -> String? {
            try text == nil ? nil : Text.path(text, name)
        }
        self.init(base: try Text.path(files.base, "base"))
        motion = try path(files.motion, "motion")
        conditioner = try path(files.conditioner, "conditioner")
        contentEncoder = try path(files.content_encoder, "content_encoder")
        autoencoder = try path(files.vae, "vae")
        tinyAutoencoder = try path(files.taesd, "taesd")
        tokenizer = try path(files.tokenizer, "tokenizer")
        switch livephoto_norm_scope(UInt32(bitPattern: files.norm_scope)) {
        case LIVEPHOTO_NORM_SCOPE_NATIVE: normScope = .native
        case LIVEPHOTO_NORM_SCOPE_DIFFUSERS: normScope = .diffusers
        default: throw Refusal.argument("'norm_scope' is \(files.norm_scope), which is no livephoto_norm_scope")
        }
        if files.working_side != 0 {
            guard (64...2048).contains(files.working_side) else {
                throw Refusal.argument("'working_side' is \(files.working_side); 64 to 2048 is expected, or 0")
            }
            workingSide = Int(files.working_side)
        }
        lowRanks = try Self.lowRanks(files.loras, count: files.lora_count)
    }

    private static func lowRanks(_ pointer: UnsafePointer<livephoto_lora>?, count: Int) throws -> [LowRank] {
        guard count != 0 else { return [] }
        guard (1...64).contains(count) else {
            throw Refusal.argument("'lora_count' is \(count); at most 64 are merged")
        }
        let loras = try required(pointer, "loras")
        return try (0..<count).map { index in
            guard loras[index].scale.isFinite else {
                throw Refusal.argument("the scale of LoRA \(index) is not a finite number")
            }
            return LowRank(path: try Text.path(loras[index].path, "loras[\(index)].path"), scale: loras[index].scale)
        }
    }
}
