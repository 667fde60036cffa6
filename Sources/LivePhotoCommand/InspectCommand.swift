import ArgumentParser
import Foundation

/// livephoto inspect
struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Tells what is in a model folder.",
        discussion: """
            Loads the model as a run would, so that a model that passes here also runs.

            EXAMPLES
              livephoto inspect
              livephoto inspect Models/livephoto-mini --json
            """)

    @Argument(help: ArgumentHelp("Folder of the model; default the shipped one.", valueName: "model"))
    var folder: String?
    @Flag(name: .long, help: "Write JSON to stdout instead of text.")
    var json = false

    func run() throws {
        try reportingFailures(json: json) {
            let text = try LibraryModel(path: folder).description()
            if json { return Terminal.write(text + "\n") }
            let object = try? JSONSerialization.jsonObject(with: Data(text.utf8))
            ModelReport(object as? [String: Any] ?? [:]).print()
        }
    }
}

/// The library's description of a model as a table.
private struct ModelReport {
    let description: [String: Any]

    init(_ description: [String: Any]) { self.description = description }

    func print() {
        line("model", "\(text(description["name"]))  (\(text(description["path"])))")
        line("license", text(description["license"]))
        for network in description["networks"] as? [[String: Any]] ?? [] {
            line(
                "network",
                padded(text(network["name"]), 20) + padded(millions(network["parameters"]) + " M parameters", 20)
                    + megabytes(network["bytes"]))
        }
        line("total", padded("", 20) + padded(millions(description["parameters"]) + " M parameters", 20)
            + megabytes(description["bytes"]))
        let frames = section("frames")
        line("frames", "\(text(frames["minimum"])) to \(text(frames["maximum"])), default \(text(frames["default"])), "
            + "\(text(frames["fps"])) a second")
        let working = section("working")
        line("working", "about \(text(working["area"])) pixels, sides \(text(working["minimum_side"])) to "
            + "\(text(working["maximum_side"])) in multiples of \(text(working["multiple"]))")
        let latent = section("latent")
        line("latent", "\(text(latent["channels"])) channels at 1/\(text(latent["factor"])), space "
            + "\(text(latent["space"])), predicts \(text(latent["prediction"])), \(text(latent["tokens"])) text tokens")
        let defaults = section("defaults")
        line("defaults", "\(text(defaults["steps"])) steps, guidance \(text(defaults["guidance"])), sampler "
            + "\(text(defaults["sampler"])), intensity \(text(section("intensity")["default"]))")
        let abilities = section("abilities")
        for name in abilities.keys.sorted() {
            line("ability", padded(name.replacingOccurrences(of: "_", with: " "), 20)
                + ((abilities[name] as? Bool) == true ? "yes" : "no"))
        }
    }

    private func section(_ name: String) -> [String: Any] { description[name] as? [String: Any] ?? [:] }
    private func line(_ name: String, _ value: String) { Terminal.write("\(padded(name, 10))\(value)\n") }
    private func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(width - text.count, 0))
    }
    private func text(_ value: Any?) -> String { value.map { "\($0)" } ?? "-" }
    private func millions(_ value: Any?) -> String { Plot.fixed((value as? Double ?? 0) / 1e6, 2) }
    private func megabytes(_ value: Any?) -> String { Plot.fixed((value as? Double ?? 0) / 1e6, 1) + " MB" }
}
