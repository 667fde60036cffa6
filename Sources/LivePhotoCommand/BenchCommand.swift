import ArgumentParser
import CLivePhoto
import Glibc
import LPTensor

/// livephoto bench
struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measures this machine: seconds per stage, speed of the products, memory.",
        discussion: """
            Makes a clip from a drawn picture, --runs times, and shows the fastest run; then times matrix products of \
            the sizes that the networks have.

            EXAMPLES
              livephoto bench
              livephoto bench --frames 16 --size 256x256 --runs 5 --json
            """)

    @Option(name: .long, help: "Number of frames. (default: the model's)")
    var frames: Int32?
    @Option(name: .long, help: "Denoising steps. (default: the model's)")
    var steps: Int32?
    @Option(name: .long, help: ArgumentHelp("Size of the clip in pixels.", valueName: "WxH"))
    var size = PixelSize(width: 256, height: 256)
    @Option(name: .long, help: "Threads, 0 for one per physical core.")
    var threads: Int32 = 0
    @Option(name: .long, help: "Runs, of which the fastest counts.")
    var runs = 3
    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard (1...1000).contains(runs) else { throw ValidationError("--runs must be 1 to 1000") }
    }

    func run() throws {
        try reportingFailures(json: common.json) {
            Interruption.install()
            let bar = ProgressBar(isShown: !common.json)
            defer { bar.clear() }
            let loading = StageTimes()
            let model = try loading.measure("load") { try LibraryModel(path: common.model) }
            let pipeline = try LibraryPipeline(model)
            try prepare(pipeline)
            var best: StageTimes?
            for run in 1...runs {
                let times = try onePass(pipeline) {
                    bar.show("run \(run)/\(runs)", fraction: Double($0.step) / Double(max($0.total, 1)))
                }
                if times.total < best?.total ?? .infinity { best = times }
            }
            let products = try ProductBench(threads: Int(threads)).run()
            bar.clear()
            try show(pipeline, loading: loading.total, best: best ?? StageTimes(), products: products)
        }
    }

    private func prepare(_ pipeline: LibraryPipeline) throws {
        let handle = pipeline.handle
        if let frames { try pipeline.check(livephoto_pipeline_set_frames(handle, frames)) }
        if let steps { try pipeline.check(livephoto_pipeline_set_steps(handle, steps)) }
        try pipeline.check(livephoto_pipeline_set_threads(handle, threads))
        try pipeline.check(livephoto_pipeline_set_prompt(handle, "the camera zooms in"))
        let (width, height) = (Int(size.width), Int(size.height))
        guard (16...2048).contains(width), (16...2048).contains(height) else {
            throw Failure(message: "--size must be 16x16 to 2048x2048", exitCode: 64)
        }
        // A picture with edges and slopes; no file is needed.
        let pixels = (0..<width * height * 3).map { index -> UInt8 in
            let (x, y, c) = (index / 3 % width, index / 3 / width, index % 3)
            return UInt8(truncatingIfNeeded: (x * 255 / width + (x / 16 + y / 16) % 2 * 64 + y * c) / 2)
        }
        try pipeline.check(
            livephoto_pipeline_set_image(handle, pixels, Int32(width), Int32(height), 0, LIVEPHOTO_FORMAT_RGB))
    }

    private func onePass(_ pipeline: LibraryPipeline, _ report: (livephoto_progress) -> Void) throws -> StageTimes {
        let times = StageTimes()
        try pipeline.check(livephoto_pipeline_reset(pipeline.handle))
        try pipeline.run {
            times.count($0)
            report($0)
        }
        return times
    }

    private func show(
        _ pipeline: LibraryPipeline, loading: Double, best: StageTimes, products: [ProductBench.Result]
    ) throws {
        let clip = try pipeline.clipSize
        let steps = Int(try pipeline.value(LIVEPHOTO_PARAMETER_STEPS))
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        let peak = Double(usage.ru_maxrss) * 1024
        if common.json {
            return JSONLine.print([
                "event": "bench", "width": clip.width, "height": clip.height, "frames": clip.frames, "steps": steps,
                "runs": runs, "load_seconds": loading, "stages": best.json,
                "seconds": best.total, "blas_core": BLAS.coreName, "peak_bytes": Int(peak),
                "products": products.map(\.json),
            ])
        }
        Terminal.write("clip       \(clip.frames) frames of \(clip.width)x\(clip.height), \(steps) steps, ")
        Terminal.write("fastest of \(runs)\nload       \(Plot.fixed(loading, 3)) s\n")
        for stage in best.stages {
            let pad = String(repeating: " ", count: max(11 - stage.name.count, 0))
            Terminal.write("\(stage.name)\(pad)\(Plot.fixed(stage.seconds, 3)) s\n")
        }
        Terminal.write("total      \(Plot.fixed(best.total, 3)) s\nmemory     \(Plot.fixed(peak / 1e6, 0)) MB peak\n")
        Terminal.write("BLAS core  \(BLAS.coreName)\n")
        for product in products { Terminal.write("product    \(product.text)\n") }
    }
}
