import Glibc

/// Which inputs make each output along one axis, and with what weight: `taps` entries per output. Computed in single
/// precision with PyTorch's formulas (aten UpSample.h, UpSampleKernel.cpp), so that results agree to rounding.
struct ResampleTaps: Sendable {
    var taps: Int
    var source: [Int32]
    var weight: [Float]

    private init(outputs: Int, taps: Int) {
        self.taps = taps
        source = Array(repeating: 0, count: outputs * taps)
        weight = Array(repeating: 0, count: outputs * taps)
    }

    /// torch nearest: the pixel at floor(output * in / out).
    static func nearest(from size: Int, to outputs: Int) -> ResampleTaps {
        var result = ResampleTaps(outputs: outputs, taps: 1)
        let scale = Float(size) / Float(outputs)
        for index in 0..<outputs {
            result.source[index] = Int32(clamping: min(Int(Float(index) * scale), size - 1))
            result.weight[index] = 1
        }
        return result
    }

    static func bilinear(from size: Int, to outputs: Int) -> ResampleTaps {
        var result = ResampleTaps(outputs: outputs, taps: 2)
        let scale = Float(size) / Float(outputs)
        for index in 0..<outputs {
            let place = max(scale * (Float(index) + 0.5) - 0.5, 0)
            let low = min(Int(place), size - 1)
            let part = min(max(place - Float(low), 0), 1)
            result.set(index, 0, low, 1 - part)
            result.set(index, 1, min(low + 1, size - 1), part)
        }
        return result
    }

    /// Cubic convolution with a = -0.75; taps outside repeat the border.
    static func bicubic(from size: Int, to outputs: Int) -> ResampleTaps {
        var result = ResampleTaps(outputs: outputs, taps: 4)
        let scale = Float(size) / Float(outputs)
        for index in 0..<outputs {
            let place = scale * (Float(index) + 0.5) - 0.5
            let low = place.rounded(.down)
            for tap in 0..<4 {
                let position = Int(low) - 1 + tap
                result.set(
                    index, tap, min(max(position, 0), size - 1), cubic(place - low + 1 - Float(tap), -0.75))
            }
        }
        return result
    }

    /// PyTorch's antialias: the filter is stretched by the shrinking factor and its weights are normalised.
    static func antialiased(from size: Int, to outputs: Int, cubic isCubic: Bool) -> ResampleTaps {
        let scale = Float(size) / Float(outputs)
        let reach: Float = isCubic ? 2 : 1
        let support = scale >= 1 ? reach * scale : reach
        let inverse = scale >= 1 ? 1 / scale : 1
        let taps = min(Int(support.rounded(.up)) * 2 + 1, size)
        var result = ResampleTaps(outputs: outputs, taps: taps)
        for index in 0..<outputs {
            let centre = scale * (Float(index) + 0.5)
            let first = min(max(Int(centre - support + 0.5), 0), size - 1)
            let count = min(max(min(Int(centre + support + 0.5), size) - first, 1), taps)
            var total: Float = 0
            for tap in 0..<count {
                let distance = (Float(tap + first) - centre + 0.5) * inverse
                let value = isCubic ? cubic(distance, -0.5) : max(1 - abs(distance), 0)
                result.set(index, tap, first + tap, value)
                total += value
            }
            for tap in 0..<taps where tap >= count { result.set(index, tap, first, 0) }
            if total != 0 { for tap in 0..<count { result.weight[index * taps + tap] /= total } }
        }
        return result
    }

    private mutating func set(_ index: Int, _ tap: Int, _ position: Int, _ value: Float) {
        source[index * taps + tap] = Int32(clamping: position)
        weight[index * taps + tap] = value
    }

    /// Keys' cubic convolution kernel.
    private static func cubic(_ distance: Float, _ a: Float) -> Float {
        let x = abs(distance)
        if x <= 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
        return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0
    }
}
