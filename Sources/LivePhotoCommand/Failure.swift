import ArgumentParser
import CLivePhoto

/// Why a command ends before its work is done.
struct Failure: Error {
    let message: String
    /// Name of the library's status; nil for what the command found out by itself.
    let statusName: String?
    let exitCode: Int32

    /// What a library call answered.
    init(_ status: livephoto_status, _ message: String) {
        self.message = message
        statusName = String(cString: livephoto_status_name(status))
        exitCode = Failure.exitCode(of: status)
    }

    init(message: String, exitCode: Int32) {
        self.message = message
        statusName = nil
        self.exitCode = exitCode
    }

    static let interrupted = Failure(LIVEPHOTO_ERROR_CANCELLED, "interrupted")

    /// sysexits.h, and 130 for an interruption as shells count it.
    private static func exitCode(of status: livephoto_status) -> Int32 {
        switch status {
        case LIVEPHOTO_ERROR_ARGUMENT: 64
        case LIVEPHOTO_ERROR_MODEL_FORMAT, LIVEPHOTO_ERROR_MODEL_VERSION, LIVEPHOTO_ERROR_MODEL_TENSOR,
            LIVEPHOTO_ERROR_MODEL_COMBINATION, LIVEPHOTO_ERROR_MEDIA_FORMAT, LIVEPHOTO_ERROR_MEDIA_TOO_LARGE:
            65
        case LIVEPHOTO_ERROR_MODEL_NOT_FOUND, LIVEPHOTO_ERROR_MODEL_UNREADABLE, LIVEPHOTO_ERROR_MEDIA_NOT_FOUND,
            LIVEPHOTO_ERROR_MEDIA_UNREADABLE:
            66
        case LIVEPHOTO_ERROR_OUT_OF_MEMORY: 71
        case LIVEPHOTO_ERROR_MEDIA_WRITE: 73
        case LIVEPHOTO_ERROR_MEDIA_NO_SPACE: 74
        case LIVEPHOTO_ERROR_CANCELLED: 130
        default: 70
        }
    }
}

/// Runs a command's work and turns its failure into a message on stderr, a JSON line where asked for, and an exit code.
func reportingFailures(json: Bool, _ body: () throws -> Void) throws {
    do {
        try body()
    } catch let failure as Failure {
        if json {
            JSONLine.print([
                "event": "error", "status": failure.statusName ?? "COMMAND", "message": failure.message,
                "exit_code": failure.exitCode,
            ])
        }
        Terminal.writeError("livephoto: \(failure.message)\n")
        throw ExitCode(failure.exitCode)
    }
}
