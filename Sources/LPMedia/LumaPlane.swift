/// The grey 256x256 picture on which motion is measured.
///
/// BT.601 luma in 0...255 of the centre square, resized with torch's antialiased bilinear filter
/// (`F.interpolate(mode="bilinear", antialias=True)`).
struct LumaPlane {
    static let side = 256

    /// [256, 256]
    let values: [Float]

    init(_ image: RGBImage) {
        let square = min(image.width, image.height)
        let left = (image.width - square) / 2
        let top = (image.height - square) / 2
        let filter = ResizeFilter(kernel: .bilinear, input: square, output: Self.side)
        let middle = Self.rows(image, left: left, top: top, square: square, filter)  // [S, 256]
        values = Self.columns(middle, filter)
    }

    /// Luma of the square, filtered along its rows, [S, 256].
    private static func rows(
        _ image: RGBImage, left: Int, top: Int, square: Int, _ filter: ResizeFilter
    ) -> [Float] {
        let taps = filter.taps
        var luma = [Float](repeating: 0, count: square)
        return [Float](unsafeUninitializedCapacity: square * side) { out, count in
            luma.withUnsafeMutableBufferPointer { luma in
                filter.weights.withUnsafeBufferPointer { weights in
                    filter.starts.withUnsafeBufferPointer { starts in
                        for y in 0..<square {
                            let row = image.pixels.pointer + ((top + y) * image.width + left) * 3
                            for x in 0..<square {
                                let red = 0.299 * Float(row[x * 3])
                                let green = 0.587 * Float(row[x * 3 + 1])
                                luma[x] = red + green + 0.114 * Float(row[x * 3 + 2])
                            }
                            for x in 0..<side {
                                var sum: Float = 0
                                for tap in 0..<taps { sum += luma[starts[x] + tap] * weights[x * taps + tap] }
                                out[y * side + x] = sum
                            }
                        }
                    }
                }
            }
            count = square * side
        }
    }

    /// [S, 256] -> [256, 256]
    private static func columns(_ source: [Float], _ filter: ResizeFilter) -> [Float] {
        let taps = filter.taps
        return source.withUnsafeBufferPointer { source in
            [Float](unsafeUninitializedCapacity: side * side) { out, count in
                for y in 0..<side {
                    for x in 0..<side { out[y * side + x] = 0 }
                    for tap in 0..<taps {
                        let weight = filter.weights[y * taps + tap]
                        let from = (filter.starts[y] + tap) * side
                        guard weight != 0 else { continue }
                        for x in 0..<side { out[y * side + x] += weight * source[from + x] }
                    }
                }
                count = side * side
            }
        }
    }
}
