import ArgumentParser
import FoundationEssentials

/// livephoto inspect
struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Tells what is in a model folder.",
        discussion: """
            Loads the model as a run would, so that a model that passes here also runs. The values of a large
            model are checked as they are used.

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
            do {
                Terminal.write(try JSONDecoder().decode(ModelReport.self, from: Data(text.utf8)).text)
            } catch {
                throw Failure(message: "the library's description cannot be read: \(error)", exitCode: 70)
            }
        }
    }
}

/// The library's description of a model, as a table.
private struct ModelReport: Decodable {
    struct Network: Decodable {
        let name: String
        let parameters: Int
        let bytes: Int
    }

    struct Frames: Decodable { let `default`, minimum, maximum, fps: Int }
    struct Working: Decodable { let area, multiple, minimum_side, maximum_side: Int }
    struct Latent: Decodable {
        let channels, factor, tokens: Int
        let space, prediction: String
    }
    struct Intensity: Decodable {
        let `default`: Double
        let edges: [Double]
    }
    struct Defaults: Decodable {
        let steps: Int
        let guidance: Double
        let sampler, negative_prompt: String
    }

    let name, path, license: String
    let parameters, bytes: Int
    let networks: [Network]
    let frames: Frames
    let working: Working
    let latent: Latent
    let intensity: Intensity
    let defaults: Defaults
    let abilities: [String: Bool]

    var text: String {
        var lines = [("model", "\(name)  (\(path))"), ("license", license)]
        for network in networks + [Network(name: "in all", parameters: parameters, bytes: bytes)] {
            let size = Plot.fixed(Double(network.parameters) / 1e6, 2) + " M parameters"
            lines.append(("network", padded(network.name, 20) + padded(size, 20) + megabytes(network.bytes)))
        }
        lines += [
            (
                "frames",
                "\(frames.minimum) to \(frames.maximum), default \(frames.default), \(frames.fps) a second"
            ),
            (
                "working",
                "about \(working.area) pixels, sides \(working.minimum_side) to \(working.maximum_side) in multiples "
                    + "of \(working.multiple)"
            ),
            (
                "latent",
                "\(latent.channels) channels at 1/\(latent.factor), \(latent.space) space, predicts "
                    + "\(latent.prediction); \(latent.tokens) text tokens"
            ),
            (
                "defaults",
                "\(defaults.steps) steps, guidance \(defaults.guidance.json), sampler \(defaults.sampler), intensity "
                    + intensity.default.json
            ),
            ("levels", "mean SSIM " + intensity.edges.map { Plot.fixed($0, 3) }.joined(separator: " ")),
        ]
        for (name, has) in abilities.sorted(by: { $0.key < $1.key }) {
            let words = name.map { $0 == "_" ? " " : String($0) }.joined()
            lines.append(("ability", padded(words, 22) + (has ? "yes" : "no")))
        }
        return lines.map { padded($0.0, 10) + $0.1 + "\n" }.joined()
    }

    private func megabytes(_ bytes: Int) -> String { Plot.fixed(Double(bytes) / 1e6, 1) + " MB" }
    private func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(width - text.count, 0))
    }
}
