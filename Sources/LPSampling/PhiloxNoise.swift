import Glibc
import LPTensor

/// Unit normal noise that is a pure function of seed, stream, step, frame and place.
///
/// Frame n is the same in a clip of any length and from any number of threads. Words (x0, x1, x2, x3) of block k give
/// the values 4k ... 4k + 3: `r cos θ, r sin θ` with `r = √(-2 ln((x0 + 1) / 2^32))`, `θ = 2π x1 / 2^32`, then the same
/// of (x2, x3); in Double, rounded to Float at the end.
package struct PhiloxNoise: Sendable {
    /// What a stream is for. Streams of one seed share nothing.
    package enum Stream: UInt32, Sendable {
        case start = 0
        /// What samplers add after a step.
        case step = 1
        /// What makes one take of a motion differ from another: plain words, no normals.
        case take = 2
    }

    private let philox: Philox
    private let stream: UInt32

    package init(seed: UInt64, stream: Stream = .start) {
        philox = Philox(seed: seed)
        self.stream = stream.rawValue
    }

    /// - Parameters:
    ///   - step: of the run, for a stream that is drawn from more than once
    ///   - zeroMean: subtract from each frame and channel its mean over the cells, so that chance does not decide a
    ///     frame's brightness
    /// - Returns: [frames, h, w, C] for a frame shape of [h, w, C]; values run in that order
    /// - Throws: `TensorError`, also for a negative size
    package func tensor(
        frames: Int, frameShape: [Int], step: Int = 0, zeroMean: Bool = false, compute: Compute
    ) throws -> Tensor {
        let noise = try Tensor(uninitialized: [frames] + frameShape)
        guard noise.count > 0 else { return noise }
        let count = noise.count / frames
        guard UInt32(exactly: frames) != nil, UInt32(exactly: (count + 3) / 4) != nil else {
            throw TensorError.shape("noise of shape \(noise.shape) has too many values")
        }
        try compute.parallel(frames) { frame in
            fill(
                noise.pointer + frame * count, count: count, frame: UInt32(truncatingIfNeeded: frame),
                step: UInt32(truncatingIfNeeded: step))
            if zeroMean, let channels = frameShape.last {
                Self.subtractMeans(noise.pointer + frame * count, count: count, channels: channels)
            }
        }
        return noise
    }

    /// Takes from each channel of one frame [cells, channels] its mean; summed in Double, cell after cell.
    private static func subtractMeans(_ values: UnsafeMutablePointer<Float>, count: Int, channels: Int) {
        guard channels > 0, count >= channels else { return }
        for channel in 0..<channels {
            var sum = 0.0
            for index in stride(from: channel, to: count, by: channels) { sum += Double(values[index]) }
            let mean = Float(sum / Double(count / channels))
            for index in stride(from: channel, to: count, by: channels) { values[index] -= mean }
        }
    }

    private func fill(_ values: UnsafeMutablePointer<Float>, count: Int, frame: UInt32, step: UInt32) {
        for start in stride(from: 0, to: count, by: 4) {
            let words = philox.words((UInt32(truncatingIfNeeded: start / 4), frame, stream, step))
            let (first, second) = Self.normals(words.0, words.1)
            let (third, fourth) = Self.normals(words.2, words.3)
            values[start] = Float(first)
            if start + 1 < count { values[start + 1] = Float(second) }
            if start + 2 < count { values[start + 2] = Float(third) }
            if start + 3 < count { values[start + 3] = Float(fourth) }
        }
    }

    /// Box and Muller's two normals. The first word is moved up by one so that its logarithm exists.
    static func normals(_ first: UInt32, _ second: UInt32) -> (Double, Double) {
        let radius = (-2 * log((Double(first) + 1) * 0x1p-32)).squareRoot()
        let angle = 2 * Double.pi * (Double(second) * 0x1p-32)
        return (radius * cos(angle), radius * sin(angle))
    }
}
