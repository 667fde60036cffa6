import Foundation
import LPTestSupport
import Testing

@testable import LPTensor

/// The cure of OpenBLAS's wrong guess changes the kernels of the whole process, so it is tried in a process of its own: the
/// test program runs itself with the variable that makes OpenBLAS guess wrong.
@Suite(.serialized) struct BLASTests {
    private static let inside = ProcessInfo.processInfo.environment["LIVEPHOTO_BLAS_PROBE"] != nil

    @Test(.enabled(if: inside)) func probe() throws {
        let before = BLAS.coreName
        var random = TestRandom(17)
        let (x, weight) = try (random.tensor([70, 33]), random.tensor([40, 33]))
        try expectClose(
            Compute(threads: 2).linear(x, Parameter(weight), bias: nil), Naive.linear(x, weight, bias: nil),
            tolerance: 1e-5)
        print("probe: \(before) \(BLAS.coreName) \(getenv("OPENBLAS_CORETYPE").map { String(cString: $0) } ?? "unset")")
    }

    @Test(.enabled(if: !inside)) func wrongGuessIsCured() throws {
        let command = try String(contentsOfFile: "/proc/self/cmdline", encoding: .utf8).split(separator: "\0")
            .map(String.init)
        let process = Process()
        process.executableURL = URL(
            fileURLWithPath: try FileManager.default.destinationOfSymbolicLink(
                atPath: "/proc/self/exe"))
        let bundle = command.first { $0.hasSuffix(".xctest") }
        process.arguments =
            (bundle.map { $0 == command.first ? [] : ["--test-bundle-path", $0] } ?? [])
            + ["--testing-library", "swift-testing", "--filter", "BLASTests/probe"]
        process.environment = ProcessInfo.processInfo.environment.merging(
            ["LIVEPHOTO_BLAS_PROBE": "1", "OPENBLAS_CORETYPE": "Prescott"]) { $1 }
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        let line = output.split(separator: "\n").first { $0.hasPrefix("probe: ") }
        let words = line.map { $0.split(separator: " ").map(String.init) } ?? []
        #expect(process.terminationStatus == 0 && words.count == 4, "\(output)")
        guard words.count == 4, words[1] == "Prescott", BLAS.processorLevel > 0 else { return }
        #expect(words[2] != "Prescott")
        #expect(words[3] == "Prescott", "the environment is not as it was")
    }

    @Test(.enabled(if: !inside)) func hostThreadsComeBack() throws {
        guard let set = dlsym(nil, "openblas_set_num_threads"), let get = dlsym(nil, "openblas_get_num_threads") else {
            return
        }
        let before = unsafeBitCast(get, to: (@convention(c) () -> Int32).self)()
        let x = try Tensor(zeros: [64, 64])
        _ = try Compute(threads: 2).linear(x, Parameter(x), bias: nil)
        // Other tests compute at the same time, so the number may be one for a while, but it comes back.
        var now = unsafeBitCast(get, to: (@convention(c) () -> Int32).self)()
        for _ in 0..<2000 where now != before && before != 1 {
            usleep(5000)
            now = unsafeBitCast(get, to: (@convention(c) () -> Int32).self)()
        }
        #expect(now == before || before == 1)
        _ = set
    }
}
