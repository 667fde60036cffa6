import Glibc

/// Which source samples, with which weights, make each output sample of a resize along one axis.
///
/// The convention is that of torch and Pillow: output i lies at (i + 0.5) * scale - 0.5, the filter is widened by the
/// scale when shrinking (antialiasing), weights are normalised, samples beyond the border do not count.
struct ResizeFilter {
    enum Kernel {
        /// Triangle, support 1: torch's antialiased bilinear.
        case bilinear
        /// Windowed sinc, support 3.
        case lanczos
    }

    /// First source index per output, [count].
    private(set) var starts: [Int] = []
    /// Weights per output, [count, taps], the unused ones at the end 0.
    private(set) var weights: [Float] = []
    let taps: Int

    /// - Parameters:
    ///   - input: number of source samples, at least 1.
    ///   - output: number of output samples, at least 1.
    ///   - offset, extent: the stretch of the source that is resized; by default all of it.
    init(kernel: Kernel, input: Int, output: Int, offset: Double = 0, extent: Double? = nil) {
        let scale = (extent ?? Double(input)) / Double(output)
        let widening = max(scale, 1)
        let support = (kernel == .lanczos ? 3.0 : 1.0) * widening
        var rows: [[Double]] = []
        for index in 0..<output {
            let centre = offset + (Double(index) + 0.5) * scale
            let first = min(max(Int(centre - support + 0.5), 0), input - 1)
            let last = max(min(Int(centre + support + 0.5), input), first + 1)
            var row = (first..<last).map { Self.value(kernel, (Double($0) - centre + 0.5) / widening) }
            let sum = row.reduce(0, +)
            if sum != 0 { row = row.map { $0 / sum } } else { row[0] = 1 }
            starts.append(first)
            rows.append(row)
        }
        taps = rows.map(\.count).max() ?? 1
        for row in rows { weights += row.map { Float($0) } + [Float](repeating: 0, count: taps - row.count) }
        // The padding must not reach beyond the source.
        for index in starts.indices where starts[index] + taps > input {
            shift(index, by: starts[index] + taps - input)
        }
    }

    /// Moves the window of one output to the left, its weights to the right.
    private mutating func shift(_ index: Int, by amount: Int) {
        let distance = min(amount, starts[index])
        guard distance > 0 else { return }
        starts[index] -= distance
        let row = Array(weights[index * taps..<(index + 1) * taps])
        for tap in 0..<taps { weights[index * taps + tap] = tap < distance ? 0 : row[tap - distance] }
    }

    private static func value(_ kernel: Kernel, _ x: Double) -> Double {
        let distance = abs(x)
        switch kernel {
        case .bilinear: return distance < 1 ? 1 - distance : 0
        case .lanczos: return distance < 3 ? sinc(distance) * sinc(distance / 3) : 0
        }
    }

    private static func sinc(_ x: Double) -> Double { x == 0 ? 1 : sin(.pi * x) / (.pi * x) }
}
