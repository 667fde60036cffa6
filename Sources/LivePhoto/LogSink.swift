import CLivePhoto

/// Where a pipeline's log lines go: nowhere, unless the host gave a callback.
struct LogSink {
    enum Level { case debug, info, warning }

    var callback: livephoto_log_callback?
    var userData: UnsafeMutableRawPointer?

    /// - Parameter text: only built when somebody listens
    func write(_ level: Level, _ text: @autoclosure () -> String) {
        guard let callback else { return }
        let number =
            switch level {
            case .debug: LIVEPHOTO_LOG_DEBUG
            case .info: LIVEPHOTO_LOG_INFO
            case .warning: LIVEPHOTO_LOG_WARNING
            }
        text().withCString { callback(number, $0, userData) }
    }
}
