// Runs one network on given inputs, for Tests/Reference/full_size.py to compare with PyTorch. No part of the product.
//
//     livephoto-parity CONFIG NETWORK WEIGHTS INPUTS OUTPUT [THREADS] [RUNS]
//
// CONFIG is a config.json, NETWORK one of `Network`'s cases, WEIGHTS and INPUTS are safetensors files. OUTPUT gets the
// result's floats. Prints one line of JSON: shape, parameters, wall and processor seconds of every run, peak memory.
//
//     livephoto-parity pipeline MODEL SIDE FRAMES STEPS THREADS [GUIDANCE]
//
// runs a model on a square photo up to two frames and prints times, and memory as estimated and as it was. MODEL is a model
// folder, or files: base=FILE,conditioner=FILE,tokenizer=FOLDER.
import Glibc
import LPModels
import LPTensor
import LPWeights

@main
struct LivePhotoParity {
    static func main() {
        let arguments = Array(CommandLine.arguments.dropFirst())
        if arguments.first == "pipeline", arguments.count >= 6 {
            let numbers = arguments.dropFirst(2).map { Int($0) ?? 0 }
            do {
                return try PipelineProbe.run(
                    model: arguments[1], side: numbers[0], frames: numbers[1], steps: numbers[2], threads: numbers[3],
                    guidance: arguments.count > 6 ? Double(arguments[6]) : nil)
            } catch {
                return fail("livephoto-parity: \(error)", status: 1)
            }
        }
        guard arguments.count >= 5, let network = Network(rawValue: arguments[1]) else {
            let names = Network.allCases.map(\.rawValue).joined(separator: "|")
            return fail("usage: livephoto-parity CONFIG \(names) WEIGHTS INPUTS OUTPUT [THREADS] [RUNS]", status: 64)
        }
        do {
            let start = Clock.seconds
            let configuration = try ModelConfiguration(
                json: try ReadableFile(path: arguments[0]).bytes(limit: 1 << 20))
            let store = try network.store(arguments[2])
            let forward = try network.load(store, configuration)
            try store.finish()
            let inputs = try SafetensorsFile(path: arguments[3])
            let loaded = Clock.seconds - start
            let parameters = store.names.reduce(0) { $0 + (store.shape(of: $1)?.reduce(1, *) ?? 0) }
            let compute = Compute(threads: arguments.count > 5 ? Int(arguments[5]) ?? 0 : 0)
            var seconds: [[Double]] = []
            var output = try Tensor(zeros: [0])
            for _ in 0..<max(arguments.count > 6 ? Int(arguments[6]) ?? 1 : 1, 1) {
                let clock = Stopwatch()
                output = try forward(Inputs(file: inputs), compute)
                seconds.append(clock.lap())
            }
            try write(output, to: arguments[4])
            print(
                "{\"shape\": \(output.shape), \"parameters\": \(parameters), \"load\": \(loaded), "
                    + "\"seconds\": \(seconds), \"peak_kb\": \(PipelineProbe.peakKilobytes)}")
        } catch {
            fail("livephoto-parity: \(error)", status: 1)
        }
    }

    private static func write(_ tensor: Tensor, to path: String) throws {
        guard let file = fopen(path, "wb") else { throw WeightError.file(path: path, reason: "cannot be written") }
        let written = fwrite(tensor.pointer, MemoryLayout<Float>.stride, tensor.count, file)
        guard fclose(file) == 0, written == tensor.count else {
            throw WeightError.file(path: path, reason: "cannot be written")
        }
    }

    private static func fail(_ message: String, status: Int32) {
        var line = Array((message + "\n").utf8)
        _ = Glibc.write(STDERR_FILENO, &line, line.count)
        exit(status)
    }
}
