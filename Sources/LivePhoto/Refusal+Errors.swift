import CLivePhoto
import Glibc
import LPMedia
import LPPipeline

extension Refusal {
    /// Translates what the engine and the media code throw. Every error of theirs has a status of the header; an
    /// error that is not known here is a fault of the library.
    init(_ error: any Error) {
        switch error {
        case let refusal as Refusal: self = refusal
        case let error as PipelineError: self.init(pipeline: error)
        case let error as MediaError: self.init(status: Refusal.status(of: error), message: "\(error)")
        default: self.init(status: LIVEPHOTO_ERROR_INTERNAL, message: "internal error: \(error)")
        }
    }

    private init(pipeline error: PipelineError) {
        let status =
            switch error {
            case .argument: LIVEPHOTO_ERROR_ARGUMENT
            case .state: LIVEPHOTO_ERROR_STATE
            case .model(.unreadable, _): LIVEPHOTO_ERROR_MODEL_UNREADABLE
            case .model(.format, _): LIVEPHOTO_ERROR_MODEL_FORMAT
            case .model(.version, _): LIVEPHOTO_ERROR_MODEL_VERSION
            case .model(.tensor, _): LIVEPHOTO_ERROR_MODEL_TENSOR
            case .model(.combination, _): LIVEPHOTO_ERROR_MODEL_COMBINATION
            case .model(.unwritable, _): LIVEPHOTO_ERROR_MEDIA_WRITE
            case .model(.noSpace, _): LIVEPHOTO_ERROR_MEDIA_NO_SPACE
            case .outOfMemory: LIVEPHOTO_ERROR_OUT_OF_MEMORY
            case .cancelled: LIVEPHOTO_ERROR_CANCELLED
            case .internalError: LIVEPHOTO_ERROR_INTERNAL
            }
        self.init(status: status, message: error.message)
    }

    private static func status(of error: MediaError) -> livephoto_status {
        switch error {
        case .cannotOpen(_, let reason):
            names(reason, ENOENT, ENOTDIR) ? LIVEPHOTO_ERROR_MEDIA_NOT_FOUND : LIVEPHOTO_ERROR_MEDIA_UNREADABLE
        case .notAFile: LIVEPHOTO_ERROR_MEDIA_UNREADABLE
        case .emptyFile, .unsupportedFormat, .damaged, .encodingFailed: LIVEPHOTO_ERROR_MEDIA_FORMAT
        case .badSize(_, let width, let height, _):
            min(width, height) < 1 ? LIVEPHOTO_ERROR_MEDIA_FORMAT : LIVEPHOTO_ERROR_MEDIA_TOO_LARGE
        case .invalidArgument: LIVEPHOTO_ERROR_ARGUMENT
        case .outOfMemory: LIVEPHOTO_ERROR_OUT_OF_MEMORY
        case .cannotWrite(_, let reason):
            names(reason, ENOSPC, EDQUOT) ? LIVEPHOTO_ERROR_MEDIA_NO_SPACE : LIVEPHOTO_ERROR_MEDIA_WRITE
        case .cancelled: LIVEPHOTO_ERROR_CANCELLED
        }
    }

    /// Whether a reason holds the system's sentence for one of the codes: media errors carry the sentence alone.
    private static func names(_ reason: String, _ codes: Int32...) -> Bool {
        codes.contains { code in strerror(code).map { contains(reason, String(cString: $0)) } ?? false }
    }

    private static func contains(_ text: String, _ part: String) -> Bool {
        let (text, part) = (Array(text.utf8), Array(part.utf8))
        guard !part.isEmpty, text.count >= part.count else { return false }
        return (0...(text.count - part.count)).contains { text[$0..<($0 + part.count)].elementsEqual(part) }
    }
}
