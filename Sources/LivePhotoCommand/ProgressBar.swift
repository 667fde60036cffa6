/// A line on stderr that says how far the work is and how long it still takes. Silent unless stderr is a terminal.
final class ProgressBar {
    private let isShown: Bool
    private let plot = Plot(isUnicode: Terminal.isUnicode)

    init(isShown: Bool) { self.isShown = isShown && Terminal.errorIsTerminal }

    /// - Parameter secondsLeft: nil where nothing is known
    func show(_ label: String, fraction: Double, detail: String = "", secondsLeft: Double? = nil) {
        guard isShown else { return }
        let left = secondsLeft.map { "  \(Plot.duration($0)) left" } ?? ""
        let head = label + String(repeating: " ", count: max(8 - label.count, 0))
        let tail = "  \(detail)\(left)"
        let width = min(max(Terminal.columns - head.count - tail.count - 4, 8), 40)
        Terminal.writeError("\r\u{1B}[K\(head) [\(plot.bar(fraction, width: width))]\(tail)")
    }

    func clear() {
        if isShown { Terminal.writeError("\r\u{1B}[K") }
    }
}
