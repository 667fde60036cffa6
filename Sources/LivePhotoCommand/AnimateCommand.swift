import ArgumentParser
import CLivePhoto

/// livephoto animate
struct AnimateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "animate",
        abstract: "Makes a clip from a photo and a sentence.",
        discussion: """
            The clip has the photo's size (at most 2048 a side, even numbers) unless --size is given. OUT's ending \
            chooses the format: .mp4 (H.264), .webm, .gif, .webp, .png (animated PNG), or a folder ending in / for \
            numbered PNG files.

            EXAMPLES
              livephoto animate cat.jpg "the camera zooms in" -o cat.mp4
              livephoto animate cat.jpg "the camera pans left" --intensity 8 -o cat.webm
              livephoto animate cat.jpg "snow is falling" --size 512x512 -o cat.gif
              livephoto animate cat.jpg "she smiles" --model sd15/ --conditioner pia.ckpt -o cat.mp4
            """)

    @Argument(help: "Picture to start from: PNG, JPEG, WebP, BMP, TIFF or GIF.")
    var photo: String
    @Argument(help: "What shall happen, in a sentence. \"\" leaves it to the model.")
    var prompt: String
    @Option(name: .shortAndLong, help: ArgumentHelp("File or folder to write.", valueName: "out"))
    var output: String
    @OptionGroup(title: "Clip") var clip: ClipOptions
    @OptionGroup(title: "Sampling") var sampling: SamplingOptions
    @OptionGroup(title: "Model") var files: ModelOptions
    @OptionGroup var common: CommonOptions

    func run() throws {
        try reportingFailures(json: common.json) {
            try OutputPath.check(output)
            Interruption.install()
            try animate(ProgressBar(isShown: !common.json))
        }
    }

    private func animate(_ bar: ProgressBar) throws {
        defer { bar.clear() }
        let times = StageTimes()
        let model = try times.measure("load") {
            try LibraryModel(base: common.model, files) { bar.show("load", fraction: $0) }
        }
        let pipeline = try LibraryPipeline(model)
        try pipeline.check(livephoto_pipeline_set_prompt(pipeline.handle, prompt))
        try sampling.apply(to: pipeline)
        try clip.apply(to: pipeline)
        try pipeline.check(livephoto_pipeline_set_image_file(pipeline.handle, photo))
        try announceStart(pipeline)

        try pipeline.run { progress in
            times.count(progress)
            report(progress, bar)
        }
        try times.measure("write") {
            try pipeline.save(to: output) { bar.show("write", fraction: $0) }
        }
        let motion = try times.measure("measure") { try pipeline.measure() }
        bar.clear()
        try announceEnd(pipeline, motion, times)
    }

    private func report(_ progress: livephoto_progress, _ bar: ProgressBar) {
        let phase = StageTimes.name(of: progress.phase)
        if common.json {
            JSONLine.print([
                "event": "progress", "step": progress.step, "total": progress.total, "phase": phase,
                "phase_step": progress.phase_step, "phase_total": progress.phase_total,
                "seconds": progress.seconds, "seconds_left": progress.seconds_left,
            ])
        }
        bar.show(
            phase, fraction: Double(progress.step) / Double(max(progress.total, 1)),
            detail: "\(progress.phase_step)/\(progress.phase_total)", secondsLeft: progress.seconds_left)
    }

    private func announceStart(_ pipeline: LibraryPipeline) throws {
        guard common.json else { return }
        let size = try pipeline.clipSize
        let estimate = try pipeline.estimate()
        JSONLine.print([
            "event": "start", "photo": photo, "prompt": prompt, "output": output, "width": size.width,
            "height": size.height, "frames": size.frames,
            "intensity": try pipeline.value(LIVEPHOTO_PARAMETER_INTENSITY),
            "seed": sampling.seed, "steps": Int(try pipeline.value(LIVEPHOTO_PARAMETER_STEPS)),
            "estimated_seconds": estimate.seconds, "estimated_bytes": estimate.bytes,
        ])
    }

    private func announceEnd(_ pipeline: LibraryPipeline, _ motion: Motion, _ times: StageTimes) throws {
        let size = try pipeline.clipSize
        let rate = Int(try pipeline.value(LIVEPHOTO_PARAMETER_FPS))
        let asked = try pipeline.value(LIVEPHOTO_PARAMETER_INTENSITY)
        if common.json {
            let head: [(String, any JSONConvertible)] = [
                ("event", "done"), ("output", output), ("fps", rate), ("seconds", times.total), ("stages", times.json),
            ]
            return JSONLine.print(JSONObject(head + motion.members))
        }
        let plot = Plot(isUnicode: Terminal.isUnicode)
        Terminal.write(
            """
            \(output)
              clip       \(size.frames) frames of \(size.width)x\(size.height), \(rate) a second
              time       \(Plot.duration(times.total))  (\(times.summary))
              intensity  asked \(Plot.fixed(asked, 1)), measured \(Plot.fixed(motion.level, 1)) \
            (mean SSIM \(Plot.fixed(motion.meanSSIM, 3)))  \(plot.spark(motion.pairs.map { 1 - $0 }, low: 0, high: 0.6))

            """)
    }
}
