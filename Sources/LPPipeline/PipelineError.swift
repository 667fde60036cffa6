import LPTensor
import LPWeights

/// What is wrong with a model folder.
package enum ModelFault: Sendable {
    /// A file is absent, empty or cannot be read.
    case unreadable
    /// Not a LivePhoto model, damaged, or contradictory settings.
    case format
    /// Made for a newer version of the library.
    case version
    /// A tensor is missing, surplus, misshapen or not finite.
    case tensor
    /// Files that do not belong together.
    case combination
    /// A folder that cannot be written.
    case unwritable
    /// The disk is full.
    case noSpace
}

extension ModelFault {
    init(_ error: WeightError) {
        switch error {
        case .file: self = .unreadable
        case .format: self = .format
        case .missing, .shape, .tensor, .surplus: self = .tensor
        case .combination: self = .combination
        case .setting(let key, _): self = key == "version" ? .version : .format
        }
    }
}

/// Why a call on a model or a pipeline failed. Every case carries a sentence for the user.
package enum PipelineError: Error, Sendable {
    /// A value out of its range, or of the wrong shape.
    case argument(String)
    /// A call that the pipeline's state does not allow, for example a setter while stepping.
    case state(String)
    /// A model folder that cannot be used: what is wrong with which file.
    case model(ModelFault, String)
    /// An allocation failed.
    case outOfMemory(String)
    /// `cancel` was called; nothing is lost and the pipeline can run again.
    case cancelled
    /// Something that should not happen; worth a report.
    case internalError(String)

    package var message: String {
        switch self {
        case .argument(let text), .state(let text), .model(_, let text), .outOfMemory(let text): text
        case .cancelled: "cancelled"
        case .internalError(let text): "internal error: \(text)"
        }
    }

    /// Translates what the layers below throw while a clip is being made.
    package static func running(_ error: any Error) -> PipelineError {
        switch error {
        case let error as PipelineError: error
        case TensorError.cancelled: .cancelled
        case TensorError.outOfMemory(let bytes): .outOfMemory("out of memory: \(bytes) bytes could not be allocated")
        case TensorError.shape(let text): .internalError(text)
        // The weights of a large model are checked as they are used.
        case let error as WeightError: .model(ModelFault(error), error.description)
        default: .internalError("\(error)")
        }
    }
}
