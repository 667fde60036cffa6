import CLivePhoto

/// Seconds of each stage, in the order in which they were first met.
final class StageTimes {
    private(set) var stages: [(name: String, seconds: Double)] = []
    private var counted = 0.0

    var total: Double { stages.reduce(0) { $0 + $1.seconds } }
    var summary: String { stages.map { "\($0.name) \(Plot.fixed($0.seconds, 1))" }.joined(separator: ", ") }
    var json: JSONObject { JSONObject(stages.map { ($0.name, $0.seconds) }) }

    func seconds(of name: String) -> Double { stages.first { $0.name == name }?.seconds ?? 0 }

    func measure<Result>(_ name: String, _ body: () throws -> Result) rethrows -> Result {
        let start = ContinuousClock.now
        defer { add(name, (ContinuousClock.now - start) / .seconds(1)) }
        return try body()
    }

    /// Adds the time of a step to its phase.
    func count(_ progress: livephoto_progress) {
        add(StageTimes.name(of: progress.phase), max(progress.seconds - counted, 0))
        counted = progress.seconds
    }

    static func name(of phase: Int32) -> String {
        switch phase {
        case Int32(LIVEPHOTO_PHASE_ENCODE.rawValue): "encode"
        case Int32(LIVEPHOTO_PHASE_DENOISE.rawValue): "denoise"
        case Int32(LIVEPHOTO_PHASE_DECODE.rawValue): "decode"
        default: "prepare"
        }
    }

    private func add(_ name: String, _ seconds: Double) {
        if let index = stages.firstIndex(where: { $0.name == name }) {
            stages[index].seconds += seconds
        } else {
            stages.append((name, seconds))
        }
    }
}
