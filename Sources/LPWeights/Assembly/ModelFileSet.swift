/// The files that a user puts together to a model. Only the base is needed.
package struct ModelFileSet: Sendable {
    package enum NormScope: Sendable {
        /// As the model was trained: over the whole clip where its makers' own code does so.
        case native
        /// As diffusers computes it.
        case diffusers
    }

    package struct LowRank: Sendable {
        package let path: String
        package let scale: Double

        package init(path: String, scale: Double = 1) {
            self.path = path
            self.scale = scale
        }
    }

    /// A model folder of ours, a diffusers folder with model_index.json, or a single-file checkpoint.
    package var base: String
    /// Motion modules.
    package var motion: String?
    /// PIA's or a LivePhoto adapter.
    package var conditioner: String?
    /// DINOv2, for a LivePhoto adapter that does not bring its own.
    package var contentEncoder: String?
    /// An autoencoder in place of the base's.
    package var autoencoder: String?
    /// TAESD.
    package var tinyAutoencoder: String?
    /// A folder with vocab.json and merges.txt; needed where the base has none.
    package var tokenizer: String?
    /// Merged in this order.
    package var lowRanks: [LowRank] = []
    package var normScope = NormScope.native
    /// Side of a square with as many pixels as the network shall work on; nil for the kind's own.
    package var workingSide: Int?

    package init(base: String) { self.base = base }
}
