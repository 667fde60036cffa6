import LPModels
import LPTensor
import LPWeights

/// Loaded weights: every network of a model folder. Immutable; many pipelines in many threads may use one at once.
package final class AnimationModel: Sendable {
    package let configuration: ModelConfiguration
    /// Name, number of parameters and bytes in memory of every network, in the order of the data flow.
    package let networks: [NetworkSummary]

    let tokenizer: BPETokenizer
    let textEncoder: CLIPTextEncoder
    let textReweighting: TextReweighting?
    let contentEncoder: ContentEncoder?
    let autoencoder: Autoencoder
    /// For previews; a folder may have one.
    let tinyAutoencoder: TinyAutoencoder?
    let unet: UNet
    /// Where the weights of a large model lie in its mapped files.
    private let mappings: [ModelFolder.File: [MappedSpan]]

    package struct NetworkSummary: Sendable {
        package let name: String
        package let parameters: Int
        package let bytes: Int
    }

    /// Reads and checks a model folder (Models/FORMAT.md).
    /// - Parameters:
    ///   - folder: path of the folder, UTF-8
    ///   - progress: called on this thread with 0...1
    /// - Throws: `PipelineError.model` that names the file and what is wrong with it, `PipelineError.outOfMemory`.
    package convenience init(folder path: String, progress: ((Double) -> Void)? = nil) throws {
        do {
            try self.init(parts: ModelFolder(path: path), progress: progress)
        } catch {
            throw PipelineError.running(error)
        }
    }

    /// Puts a model together from files and checks it.
    /// - Throws: as above; `PipelineError.model` with `.combination` names two files that do not go together
    package convenience init(files: ModelFileSet, progress: ((Double) -> Void)? = nil) throws {
        do {
            try self.init(parts: AssembledModel(files), progress: progress)
        } catch {
            throw PipelineError.running(error)
        }
    }

    init(parts: some ModelParts, progress: ((Double) -> Void)?) throws {
        do {
            let configuration = parts.configuration
            let networks = parts.networks
            var summaries: [NetworkSummary] = []
            var mappings: [ModelFolder.File: [MappedSpan]] = [:]
            var read = 0.0

            /// Reads one file, builds a network from it, and refuses a file that holds tensors nobody asked for.
            func load<Network>(_ file: ModelFolder.File, _ build: (WeightStore) throws -> Network) throws -> Network {
                let store = try parts.store(file)
                let network = try build(store)
                try store.finish()
                mappings[file] = store.mappings
                summaries.append(NetworkSummary(name: file.networkName, parameters: store.parameterCount, bytes: store.byteCount))
                read += 1
                progress?(read / Double(max(networks.count, 1)))
                return network
            }

            tokenizer = try BPETokenizer(parts)
            textEncoder = try load(.textEncoder) { try CLIPTextEncoder($0.root, configuration.textEncoder) }
            textReweighting = try configuration.textReweighting.map { part in
                try load(.textReweighting) {
                    try TextReweighting($0.root, part, hiddenSize: configuration.textEncoder.hiddenSize)
                }
            }
            contentEncoder = try configuration.contentEncoder.map { part in
                try load(.contentEncoder) { try ContentEncoder($0.root, part) }
            }
            autoencoder = try load(.vae) { try Autoencoder($0.root, configuration.vae) }
            unet = try load(.unet) { try UNet($0.root, configuration.unet) }
            tinyAutoencoder =
                networks.contains(.tinyAutoencoder)
                ? try load(.tinyAutoencoder) {
                    try TinyAutoencoder($0.root, latentChannels: configuration.vae.latentChannels)
                } : nil
            self.configuration = configuration
            self.mappings = mappings
            self.networks = summaries
            progress?(1)
        } catch {
            throw PipelineError.running(error)
        }
    }

    /// The re-weighting module's weight of every word of a sentence, one per frame of the model's head (paper section 3.4).
    ///
    /// - Returns: words as written, in order; empty for a model without re-weighting or a sentence without words.
    package func wordWeights(prompt: String) throws -> [WordWeight] {
        guard let textReweighting else { return [] }
        do {
            let compute = Compute(threads: 1)
            let tokens = tokenizer.encode(prompt)
            let states = try textEncoder(tokens.ids, compute)  // [1, L, D]
            let weights = try textReweighting.rowWeights(states, compute)  // [F_h, L]
            let length = weights.shape[1]
            return tokens.words.filter { !$0.tokens.isEmpty }.map { word in
                let perFrame = (0..<weights.shape[0]).map { frame in
                    // A word of several tokens counts as the mean of them.
                    word.tokens.reduce(Float(0)) { $0 + weights.pointer[frame * length + $1] } / Float(max(word.tokens.count, 1))
                }
                return WordWeight(word: word.text, weights: perFrame)
            }
        } catch {
            throw PipelineError.running(error)
        }
    }

    /// A sentence as the UNet takes it: token embeddings weighted for every frame (paper section 3.4).
    ///
    /// - Returns: states [F, L, D] and bag [F, D]; without re-weighting the states are one set for all frames, [1, L, D], unless the
    ///   UNet wants a bag of words for every frame
    func text(_ prompt: String, frames: Int, _ compute: Compute) throws -> (states: Tensor, bag: Tensor?) {
        let tokens = tokenizer.encode(prompt)
        let states = try textEncoder(tokens.ids, compute)  // [1, L, D]
        if let textReweighting {
            let text = try textReweighting(states, frames: frames, validCount: tokens.validCount, compute)
            return (text.states, text.bag)
        }
        guard configuration.unet.conditioningEmbedding.text else { return (states, nil) }
        let text = try TextConditioning(unweighted: states, frames: frames, validCount: tokens.validCount)
        return (states, text.bag)
    }

    /// Whether a network's weights are read from a mapped file.
    func maps(_ network: ModelFolder.File) -> Bool { mappings[network]?.isEmpty == false }

    /// Says that a network will not run for a while: the weights that it has read leave this process's memory (they stay in
    /// the system's file cache, and come back by themselves).
    func rest(_ networks: ModelFolder.File...) {
        for network in networks { mappings[network]?.forEach { $0.releasePages() } }
    }

    /// What the content encoder sees in the photo (paper section 3.2); nil for a model without one.
    /// - Parameter photo: [1, H, W, 3] in 0...1, any size
    func content(of photo: Tensor, _ compute: Compute) throws -> ContentFeatures? {
        try contentEncoder?(photo, compute)
    }
}

/// A word of the sentence and its re-weighting weight, 0...1, for every frame of the module's head.
package struct WordWeight: Sendable {
    package let word: String
    package let weights: [Float]
}

extension ModelFolder.File {
    /// The file's name without its ending.
    fileprivate var networkName: String { String(rawValue.prefix { $0 != "." }) }
}
