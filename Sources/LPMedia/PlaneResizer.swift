import Glibc

/// Resizes interleaved 8-bit channels with one filter per axis. Source rows are filtered once and kept in a ring just
/// long enough for the vertical filter, so a huge photo needs little memory.
struct PlaneResizer {
    let columns: ResizeFilter
    let rows: ResizeFilter
    let channels: Int
    let inputWidth: Int

    private var outputWidth: Int { columns.starts.count }

    /// - Parameters:
    ///   - source: [input height, input width, channels]
    ///   - target: [output height, output width, channels]
    func run(_ source: UnsafePointer<UInt8>, into target: UnsafeMutablePointer<UInt8>) throws {
        let length = outputWidth * channels
        let ring = try PixelBuffer(count: rows.taps * length * MemoryLayout<Float>.stride)
        let sums = try PixelBuffer(count: length * MemoryLayout<Float>.stride)
        ring.withElements(of: Float.self) { ring in
            sums.withElements(of: Float.self) { sums in
                var ready = 0
                for y in 0..<rows.starts.count {
                    let first = rows.starts[y]
                    ready = max(ready, first)
                    while ready < first + rows.taps {
                        // Rows beyond the source have weight 0 and are never made: see ResizeFilter.
                        filterRow(source + ready * inputWidth * channels, into: ring + ready % rows.taps * length)
                        ready += 1
                    }
                    sumRows(y, first: first, ring: ring, sums: sums, length: length)
                    let out = target + y * length
                    for index in 0..<length {
                        out[index] = UInt8(truncatingIfNeeded: Int(min(max(sums[index] + 0.5, 0), 255)))
                    }
                }
            }
        }
    }

    private func sumRows(
        _ y: Int, first: Int, ring: UnsafeMutablePointer<Float>, sums: UnsafeMutablePointer<Float>, length: Int
    ) {
        for index in 0..<length { sums[index] = 0 }
        for tap in 0..<rows.taps {
            let weight = rows.weights[y * rows.taps + tap]
            let row = ring + (first + tap) % rows.taps * length
            for index in 0..<length { sums[index] += weight * row[index] }
        }
    }

    private func filterRow(_ source: UnsafePointer<UInt8>, into out: UnsafeMutablePointer<Float>) {
        columns.weights.withUnsafeBufferPointer { weights in
            for x in 0..<outputWidth {
                let from = source + columns.starts[x] * channels
                for channel in 0..<channels {
                    var sum: Float = 0
                    for tap in 0..<columns.taps {
                        sum += weights[x * columns.taps + tap] * Float(from[tap * channels + channel])
                    }
                    out[x * channels + channel] = sum
                }
            }
        }
    }
}
