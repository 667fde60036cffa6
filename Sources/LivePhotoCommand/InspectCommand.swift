import ArgumentParser
import CLivePhoto
import FoundationEssentials
import Glibc

/// livephoto inspect
struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Tells what is in a model folder, or what a file of weights is.",
        discussion: """
            A model folder is loaded as a run would, so that a model that passes here also runs (the values of a large \
            model are checked as they are used). Of a file (safetensors, \
            PyTorch, an index of shards) or a diffusers folder, names and shapes are looked at; nothing in it is run.

            EXAMPLES
              livephoto inspect
              livephoto inspect Models/livephoto-mini --json
              livephoto inspect mm_sd_v15_v2.ckpt
            """)

    @Argument(help: ArgumentHelp("File or folder; default the shipped model.", valueName: "model"))
    var path: String?
    @Flag(name: .long, help: "Write JSON to stdout instead of text.")
    var json = false

    func run() throws {
        try reportingFailures(json: json) {
            guard let path, !isModelFolder(path) else { return try showModel() }
            let parts = isThere("\(path)/model_index.json") ? ["unet", "vae", "text_encoder"].map { "\(path)/\($0)" } : [path]
            for part in parts { try showFile(part) }
        }
    }

    /// A folder with a config.json of this library's; one of diffusers' holds weights under names of its own.
    private func isModelFolder(_ path: String) -> Bool {
        isThere("\(path)/.") && !isThere("\(path)/model_index.json")
            && (isThere("\(path)/unet.safetensors") || (try? LibraryModel.describe(file: path))?.status != LIVEPHOTO_OK)
    }

    private func isThere(_ path: String) -> Bool { access(path, F_OK) == 0 }

    private func showModel() throws {
        let text = try LibraryModel(path: path).description()
        if json { return Terminal.write(text + "\n") }
        Terminal.write(try decode(ModelReport.self, text).text)
    }

    private func showFile(_ path: String) throws {
        let (text, status) = try LibraryModel.describe(file: path)
        let report = try decode(FileReport.self, text)
        guard status == LIVEPHOTO_OK else { throw Failure(status, report.problem ?? "\(path) cannot be read") }
        Terminal.write(json ? text + "\n" : report.text)
    }

    private func decode<Report: Decodable>(_ type: Report.Type, _ text: String) throws -> Report {
        do {
            return try JSONDecoder().decode(type, from: Data(text.utf8))
        } catch {
            throw Failure(message: "the library's description cannot be read: \(error)", exitCode: 70)
        }
    }
}

/// The library's description of a file of weights.
private struct FileReport: Decodable {
    let path: String
    let description, container, problem: String?
    let tensors, parameters: Int?
    let types: [String: Int]?

    var text: String {
        let precisions = (types ?? [:]).sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
        return """
            \(path)
              \(description ?? "")
              \(container ?? ""): \(tensors ?? 0) tensors, \(Plot.fixed(Double(parameters ?? 0) / 1e6, 2)) M parameters (\(precisions))

            """
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
