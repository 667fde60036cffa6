import Glibc
import LPTensor

/// Sinusoidal positions of the frames of a clip, added before the temporal attentions.
package enum TemporalPositions: Sendable, Equatable {
    /// Frame n stands at n.
    case index
    /// The clip always spans the `frames` positions it had in training: frame n of F stands at n (frames - 1)/(F - 1).
    case clip(frames: Int)

    /// Row n: sin and cos of position x 10000^(-2i/channels), alternating.
    ///
    /// Reference: diffusers `SinusoidalPositionalEmbedding`.
    /// - Returns: [frames, channels]
    package func table(frames count: Int, channels: Int) throws -> Tensor {
        let table = try Tensor(zeros: [count, channels])
        var step: Float = 1
        if case .clip(let frames) = self, count > 1 { step = Float(frames - 1) / Float(count - 1) }
        for pair in 0..<(channels / 2) {
            let frequency = expf(Float(2 * pair) * (-9.210340371976184 / Float(channels)))
            for frame in 0..<count {
                let angle = Float(frame) * step * frequency
                table.pointer[frame * channels + 2 * pair] = sinf(angle)
                table.pointer[frame * channels + 2 * pair + 1] = cosf(angle)
            }
        }
        return table
    }
}
