import ArgumentParser
import CLivePhoto

/// livephoto words
struct WordsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "words",
        abstract: "Shows how much the motion listens to each word.",
        discussion: """
            The weights of the text re-weighting, 0 to 1: words of motion should stand out. Where the model weighs \
            frame by frame, the small curve shows the clip from its first to its last frame.

            EXAMPLE
              livephoto words "the panda is eating bamboo"
            """)

    @Argument(help: "The sentence.")
    var prompt: String
    @OptionGroup var common: CommonOptions

    func run() throws {
        try reportingFailures(json: common.json) {
            let pipeline = try LibraryPipeline(LibraryModel(path: common.model))
            try pipeline.check(livephoto_pipeline_set_prompt(pipeline.handle, prompt))
            let words = try pipeline.words()
            if common.json {
                return JSONLine.print([
                    "event": "words", "prompt": prompt,
                    "words": words.map {
                        JSONObject([("word", $0.text), ("mean", mean($0.weights)), ("weights", $0.weights)])
                    },
                ])
            }
            show(words)
        }
    }

    private func show(_ words: [(text: String, weights: [Double])]) {
        guard !words.isEmpty else { return Terminal.write("no words, or a model that does not weigh them\n") }
        let plot = Plot(isUnicode: Terminal.isUnicode)
        let longest = min(words.map(\.text.count).max() ?? 0, 24)
        let low = words.flatMap(\.weights).min() ?? 0
        let high = words.flatMap(\.weights).max() ?? 1
        for word in words {
            let name = String(word.text.prefix(24))
            let pad = String(repeating: " ", count: max(longest - name.count, 0))
            let frames = word.weights.count > 1 ? "  " + plot.spark(word.weights, low: low, high: high) : ""
            let mean = mean(word.weights)
            Terminal.write("\(name)\(pad)  \(Plot.fixed(mean, 3))  \(plot.bar(mean, width: 30))\(frames)\n")
        }
    }

    private func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(max(values.count, 1)) }
}
