import Glibc

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
        let names: [String] = ["LC_ALL", "LC_CTYPE", "LANG"]
        let values: [String] = names.compactMap { name in getenv(name).map { String(cString: $0) } }
        let name = values.first { !$0.isEmpty }?.uppercased() ?? ""
        return name.contains("UTF-8") || name.contains("UTF8")
    }()

    static func writeError(_ text: String) { write(text, to: STDERR_FILENO) }
    static func write(_ text: String) { write(text, to: STDOUT_FILENO) }

    /// Writes all of it. A reader that has gone away is not told of.
    private static func write(_ text: String, to descriptor: Int32) {
        var text = text
        text.withUTF8 { bytes in
            var done = 0
            while done < bytes.count {
                let count = Glibc.write(descriptor, bytes.baseAddress?.advanced(by: done), bytes.count - done)
                if count < 0, errno != EINTR { return }
                done += max(count, 0)
            }
        }
    }
}
