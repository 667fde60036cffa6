import ArgumentParser
import CLivePhoto

/// livephoto convert
struct ConvertCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "convert",
        abstract: "Packs the files of a model into one folder.",
        discussion: """
            The folder loads at once, as it is mapped into memory, and needs none of the files it was made of. It \
            appears when it is complete and has been loaded, or not at all.

            EXAMPLES
              livephoto convert --model sd15.safetensors --motion mm_sd_v15_v2.ckpt --tokenizer clip -o sd15-v2
              livephoto convert --model dreamshaper/ --conditioner pia.ckpt --lora style.safetensors:0.7 -o pia
            """)

    enum Precision: String, ExpressibleByArgument, CaseIterable {
        case f16
        case f32
    }

    @Option(
        name: .long,
        help: ArgumentHelp("Base: a checkpoint in one file, a diffusers folder, or a model folder.", valueName: "base"))
    var model: String
    @Option(name: .shortAndLong, help: ArgumentHelp("Folder to make.", valueName: "dir"))
    var output: String
    @Option(name: .long, help: "Precision of the weights: f16 or f32.")
    var dtype = Precision.f16
    @OptionGroup(title: "Model") var files: ModelOptions
    @Flag(name: .long, help: "Write JSON lines to stdout instead of text.")
    var json = false

    func run() throws {
        try reportingFailures(json: json) {
            Interruption.install()
            let bar = ProgressBar(isShown: !json)
            defer { bar.clear() }
            let precision = dtype == .f16 ? LIVEPHOTO_PRECISION_F16 : LIVEPHOTO_PRECISION_F32
            let made = try LibraryModel(
                converting: ModelFileArguments(base: model, files), to: output, precision
            ) { bar.show("convert", fraction: $0) }
            bar.clear()
            let parameters = livephoto_model_parameter_count(made.handle)
            if json {
                return JSONLine.print([
                    "event": "converted", "output": output, "name": String(cString: livephoto_model_name(made.handle)),
                    "parameters": parameters, "dtype": dtype.rawValue,
                ])
            }
            Terminal.write("\(output)  \(Plot.fixed(Double(parameters) / 1e6, 1)) M parameters, \(dtype.rawValue)\n")
        }
    }
}
