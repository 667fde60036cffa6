import ArgumentParser
import CLivePhoto

/// livephoto measure
struct MeasureCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "measure",
        abstract: "Tells how much a clip moves.",
        discussion: """
            Mean structural similarity (SSIM) of adjacent frames, on luma of the 256x256 centre square, and the \
            intensity level from 1 to 10 that such a clip has for the model. Any video or animation will do.

            EXAMPLE
              livephoto measure cat.mp4
            """)

    @Argument(help: "Video or animation.")
    var clip: String
    @OptionGroup var common: CommonOptions

    func run() throws {
        try reportingFailures(json: common.json) {
            Interruption.install()
            let bar = ProgressBar(isShown: !common.json)
            defer { bar.clear() }
            let model = try LibraryModel(path: common.model) { bar.show("load", fraction: $0) }
            let motion = try model.measure(file: clip)
            bar.clear()
            if common.json {
                return JSONLine.print(JSONObject([("event", "measured"), ("clip", clip)] + motion.members))
            }
            show(motion)
        }
    }

    private func show(_ motion: Motion) {
        let plot = Plot(isUnicode: Terminal.isUnicode)
        let place = (motion.level - 1) / 9
        Terminal.write(
            """
            \(clip)
            mean SSIM  \(Plot.fixed(motion.meanSSIM, 4))  over \(motion.pairs.count) pairs of frames
            level      \(Plot.fixed(motion.level, 1))     1 [\(plot.bar(place, width: 27))] 10

            SSIM of each pair (the lower, the more moves)
            \(plot.curve(motion.pairs, width: min(Terminal.columns - 10, 120), height: 8))

            """)
    }
}
