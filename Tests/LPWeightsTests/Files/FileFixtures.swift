import Foundation
import LPTensor
import Testing

@testable import LPWeights

/// Tests/Fixtures/files: one tiny model in every layout (Tests/Reference/file_fixtures.py).
enum FileFixtures {
    static let folder = ScratchFolder.fixtures.appendingPathComponent("files").path

    static func path(_ name: String) -> String { "\(folder)/\(name)" }

    static func set(_ base: String, _ change: (inout ModelFileSet) -> Void = { _ in }) -> ModelFileSet {
        var files = ModelFileSet(base: path(base))
        change(&files)
        return files
    }

    /// A base with the tokenizer that the single files do not bring.
    static func moving(_ base: String, _ change: (inout ModelFileSet) -> Void = { _ in }) -> ModelFileSet {
        set(base) {
            $0.tokenizer = path("base/tokenizer")
            $0.motion = path("motion_v2.safetensors")
            change(&$0)
        }
    }

    /// Every tensor of a network, as floats.
    static func tensors(_ model: some ModelParts, _ file: ModelFolder.File) throws -> [String: [Float]] {
        let store = try model.store(file)
        return try store.names.reduce(into: [:]) { $0[$1] = try store.stored($1).floats().array }
    }

    static func message(_ body: () throws -> Void) -> String {
        do {
            try body()
            return "no error"
        } catch { return "\(error)" }
    }
}
