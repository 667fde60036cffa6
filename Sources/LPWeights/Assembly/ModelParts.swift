/// Where a model's parts come from: a model folder, or files of several kinds that were put together.
package protocol ModelParts {
    var configuration: ModelConfiguration { get }
    /// The parts that the configuration calls for, in the order of the data flow.
    var files: [ModelFolder.File] { get }

    /// The weights of a network.
    func store(_ file: ModelFolder.File) throws -> WeightStore
    /// Where a part is, for messages.
    func path(of file: ModelFolder.File) -> String
    /// The bytes of a file that holds no weights.
    func bytes(of file: ModelFolder.File, limit: Int) throws -> [UInt8]
}

extension ModelParts {
    package func bytes(of file: ModelFolder.File) throws -> [UInt8] { try bytes(of: file, limit: 64 << 20) }

    /// The files that hold weights.
    package var networks: [ModelFolder.File] { files.filter(\.isNetwork) }
}

extension ModelFolder.File {
    package var isNetwork: Bool { rawValue.hasSuffix(".safetensors") }
}
