import Foundation
import LPTensor
import Testing

@Test func benchmarkHasRows() throws {
    let long = ProcessInfo.processInfo.environment["LIVEPHOTO_BENCH"]
    let threads = long.flatMap { Int($0) } ?? 2
    let rows = try KernelBenchmark(compute: Compute(threads: threads), seconds: long == nil ? 0 : 0.3).run()
    #expect(rows.count >= 15)
    #expect(rows.allSatisfy { $0.rate > 0 && $0.seconds > 0 && !$0.shape.isEmpty })
    guard long != nil else { return }
    for row in rows {
        print(row.name, row.shape, String(format: "%.3f ms %.1f", row.seconds * 1e3, row.rate), row.unit)
    }
}
