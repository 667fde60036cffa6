import Glibc
import LPTensor

/// The last message of every thread on one handle, as C strings that stay where they are until the thread's next call.
final class MessageBoard: @unchecked Sendable {
    private let monitor = Lock()
    private var texts: [pthread_t: UnsafeMutablePointer<CChar>] = [:]

    deinit {
        for text in texts.values { free(text) }
    }

    /// Replaces this thread's message; nil stands for "ok". A thread that succeeds leaves nothing behind.
    func post(_ message: String?) {
        monitor.holding {
            let thread = pthread_self()
            if let old = texts.removeValue(forKey: thread) { free(old) }
            // A message that finds no memory reads as "ok"; its status still tells.
            if let message, let copy = strdup(message) { texts[thread] = copy }
        }
    }

    /// This thread's message.
    var current: UnsafePointer<CChar> {
        monitor.holding { texts[pthread_self()].map { UnsafePointer($0) } ?? FixedText.ok.pointer }
    }
}
