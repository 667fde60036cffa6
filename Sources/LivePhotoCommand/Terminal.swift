import Foundation

/// What the terminal can show.
enum Terminal {
    static let errorIsTerminal = isatty(STDERR_FILENO) != 0

    /// Columns of the terminal, 80 where there is none.
    static var columns: Int {
        var size = winsize()
        for descriptor in [STDOUT_FILENO, STDERR_FILENO]
        where ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 {
            return min(max(Int(size.ws_col), 20), 200)
        }
        return 80
    }

    /// Whether block characters can be shown: the locale's character set as the environment names it.
    static let isUnicode: Bool = {
        let environment = ProcessInfo.processInfo.environment
        let name = ["LC_ALL", "LC_CTYPE", "LANG"].compactMap { environment[$0] }.first { !$0.isEmpty } ?? ""
        let upper = name.uppercased()
        return upper.contains("UTF-8") || upper.contains("UTF8")
    }()

    static func writeError(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
    static func write(_ text: String) { FileHandle.standardOutput.write(Data(text.utf8)) }
}
