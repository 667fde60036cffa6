import ArgumentParser
import CLivePhoto

/// `livephoto`: the library on the command line. It calls livephoto.h alone (and, for `bench`, the tensor engine).
@main
struct LivePhotoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "livephoto",
        abstract: "Animates a still photo from a sentence and a motion intensity, on the CPU, offline.",
        usage: "livephoto <subcommand> [options]",
        discussion: """
            EXAMPLES
              livephoto animate cat.jpg "the camera zooms in" -o cat.mp4
              livephoto animate lake.png "snow is falling" --intensity 7 -o lake.gif
              livephoto animate cat.jpg "" --intensity 2 --json -o frames/
              livephoto measure cat.mp4
              livephoto words "the panda is eating bamboo"

            ENVIRONMENT
              LIVEPHOTO_MODEL  folder of the model to use when --model is not given

            EXIT CODES
              0 done, 64 wrong arguments, 65 damaged input, 66 input not found,
              69 no encoder, 70 internal error, 71 out of memory,
              73 output cannot be created, 74 writing failed, 130 interrupted
            """,
        version: String(cString: livephoto_version_string()),
        subcommands: [
            AnimateCommand.self, MeasureCommand.self, WordsCommand.self, InspectCommand.self, ConvertCommand.self,
            BenchCommand.self,
        ])
}
