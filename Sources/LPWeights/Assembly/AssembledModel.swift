/// A model put together from files: base, motion modules, conditioner, low-rank adapters, autoencoders, vocabulary.
///
/// Nothing is copied: every network's tensors are read from the files as they are asked for, under the names of
/// Models/FORMAT.md. Settings are those of the kind of model (`KindSettings`) and of the shapes (`ShapeSettings`).
package struct AssembledModel: ModelParts {
    package let configuration: ModelConfiguration
    /// config.json of the model folder that these parts make.
    package let document: JSONValue
    private let networkTensors: [ModelFolder.File: NetworkTensors]
    private let tokenizer: String
    private let path: String

    /// - Throws: `WeightError` naming the file; `.combination` naming two that do not go together
    package init(_ request: ModelFileSet) throws {
        var assembly = try ModelAssembly(request)
        try assembly.addMotion()
        try assembly.addConditioner()
        try assembly.replaceAutoencoder()
        try assembly.addSmallParts()
        try assembly.mergeLowRanks()
        path = request.base
        tokenizer = try Vocabulary.folder(wish: request.tokenizer, base: assembly.base)
        document = .object(try assembly.document())
        configuration = try ModelConfiguration(document)
        networkTensors = assembly.base.networks
    }

    package var files: [ModelFolder.File] {
        ModelFolder.File.allCases.filter { !$0.isNetwork || networkTensors[$0] != nil }
    }

    package func store(_ file: ModelFolder.File) throws -> WeightStore {
        guard let network = networkTensors[file] else {
            throw WeightError.file(path: path, reason: "the model has no \(file.rawValue)")
        }
        return network.store
    }

    package func path(of file: ModelFolder.File) -> String {
        networkTensors[file]?.path ?? FilePath.join(tokenizer, file.rawValue)
    }

    package func bytes(of file: ModelFolder.File, limit: Int) throws -> [UInt8] {
        if file == .configuration { return Array((document.text + "\n").utf8) }
        return try ReadableFile(path: path(of: file)).bytes(limit: limit)
    }
}
