import CFFmpeg
import Glibc

/// Keeps FFmpeg from printing while this module calls it.
///
/// FFmpeg's log level is one number for the whole process and has no per-thread form. So the level is lowered while at
/// least one of our calls runs and put back after the last one, unless the host changed it meanwhile. A host's own log
/// callback is left in place. Codec contexts are silenced by themselves, through `log_level_offset`.
enum FFmpegSilence {
    private final class State: @unchecked Sendable {
        let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
        var depth = 0
        var hostLevel: Int32 = 0

        init() {
            mutex.initialize(to: pthread_mutex_t())
            pthread_mutex_init(mutex, nil)
        }
    }

    private static let state = State()

    /// Runs `body` without a word from FFmpeg.
    static func during<Result>(_ body: () throws -> Result) rethrows -> Result {
        enter()
        defer { leave() }
        return try body()
    }

    static var isSilent: Bool { av_log_get_level() == AV_LOG_QUIET }

    /// Added to a codec context's log levels: nothing passes the usual thresholds any more.
    static let contextOffset: Int32 = 1000

    static func enter() {
        pthread_mutex_lock(state.mutex)
        if state.depth == 0 {
            state.hostLevel = av_log_get_level()
            av_log_set_level(AV_LOG_QUIET)
        }
        state.depth += 1
        pthread_mutex_unlock(state.mutex)
    }

    static func leave() {
        pthread_mutex_lock(state.mutex)
        state.depth -= 1
        if state.depth == 0, av_log_get_level() == AV_LOG_QUIET { av_log_set_level(state.hostLevel) }
        pthread_mutex_unlock(state.mutex)
    }

    /// FFmpeg's sentence for one of its error codes.
    static func reason(_ code: Int32) -> String {
        var text = [CChar](repeating: 0, count: 128)
        av_strerror(code, &text, text.count)
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
