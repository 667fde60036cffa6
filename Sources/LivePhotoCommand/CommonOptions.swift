import ArgumentParser

/// Options that every command has.
struct CommonOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "Folder of the model; default the shipped one. animate takes a checkpoint or a diffusers folder too.",
            valueName: "dir"))
    var model: String?

    @Flag(name: .long, help: "Write JSON lines to stdout instead of text.")
    var json = false
}

/// A size in pixels on the command line: 640x480.
struct PixelSize: ExpressibleByArgument {
    let width: Int32
    let height: Int32
    var defaultValueDescription: String { "\(width)x\(height)" }

    init(width: Int32, height: Int32) {
        self.width = width
        self.height = height
    }

    init?(argument: String) {
        let parts = argument.lowercased().split(separator: "x", omittingEmptySubsequences: false)
        guard parts.count == 2, let width = Int32(parts[0]), let height = Int32(parts[1]) else { return nil }
        self.width = width
        self.height = height
    }
}
