import CLivePhoto
import Glibc

/// Ctrl-C and SIGTERM: the first asks the library to stop, the second ends the process at once.
enum Interruption {
    /// Read by a signal handler, so it is memory that is there before the handler and never goes away.
    nonisolated(unsafe) private static let pipeline = cell(OpaquePointer?.none)
    nonisolated(unsafe) private static let wanted = cell(sig_atomic_t(0))

    static func install() {
        _ = (pipeline, wanted)
        for number in [SIGINT, SIGTERM, SIGHUP] {
            var action = sigaction()
            action.__sigaction_handler.sa_handler = { number in
                Interruption.wanted.pointee = 1
                if let pipeline = Interruption.pipeline.pointee { livephoto_pipeline_cancel(pipeline) }
                signal(number, SIG_DFL)
            }
            sigaction(number, &action, nil)
        }
        // A reader that goes away, as in `livephoto ... | head`, ends the writing and not the run.
        signal(SIGPIPE, SIG_IGN)
    }

    /// The pipeline that a signal cancels.
    static func watch(_ handle: OpaquePointer?) { pipeline.pointee = handle }

    static var isWanted: Bool { wanted.pointee != 0 }

    private static func cell<Value>(_ value: Value) -> UnsafeMutablePointer<Value> {
        let cell = UnsafeMutablePointer<Value>.allocate(capacity: 1)
        cell.initialize(to: value)
        return cell
    }

    static func check() throws {
        if isWanted { throw Failure.interrupted }
    }
}
