/// The stretches of a clip that a network of fewer frames sees in turn.
///
/// Neighbours share frames, where their predictions are mixed by pyramid weights; where stretches begin moves with
/// the steps, so that no seam stays in one place. A closed clip is a ring: stretches run over its end, and no frame is
/// a border.
///
/// Reference: the "looped uniform" schedule of AnimateDiff-Evolved, stride 1; open clips are our own: the same moving
/// stretches, but kept inside the clip.
package struct ContextWindows: Sendable, Equatable {
    package let frames: Int
    package let length: Int
    package let overlap: Int
    package let isClosed: Bool

    /// - Parameters:
    ///   - frames: of the clip, at least 1
    ///   - length: frames of a stretch, at least 1
    ///   - overlap: frames that neighbours share, 0 ..< length
    /// - Throws: `SamplingError.argument`
    package init(frames: Int, length: Int, overlap: Int, isClosed: Bool) throws {
        guard frames >= 1, frames <= 1 << 20, length >= 1, overlap >= 0, overlap < length else {
            throw SamplingError.argument("windows of \(length) frames, \(overlap) shared, in a clip of \(frames)")
        }
        self.frames = frames
        self.length = min(length, frames)
        self.overlap = min(overlap, self.length - 1)
        self.isClosed = isClosed
    }

    /// The frames of each stretch, in order of time, for a denoising step of the run (from 0).
    ///
    /// Every frame is in at least one.
    package func stretches(step: Int) -> [[Int]] {
        let share = Self.orderedHalving(step)
        let hop = length - overlap
        if isClosed {
            let start = Int((Double(frames) * share).rounded(.toNearestOrEven))
            // A clip that fits is one stretch, turned around the ring.
            let starts = frames == length ? [start] : Array(stride(from: start, to: frames + start, by: hop))
            return starts.map { first in (0..<length).map { (first + $0) % frames } }
        }
        var starts: [Int] = []
        var first = -Int(Double(hop) * share)
        repeat {
            let start = min(max(first, 0), frames - length)
            if starts.last != start { starts.append(start) }
            first += hop
        } while starts.last != frames - length
        return starts.map { Array($0..<($0 + length)) }
    }

    /// How much each frame of a stretch counts: 1, 2, ... in the middle ..., 2, 1.
    package var weights: [Float] { (0..<length).map { Float(min($0 + 1, length - $0)) } }

    /// 0, 1/2, 1/4, 3/4, 1/8, ...: the bits of a number in reverse, behind the binary point.
    static func orderedHalving(_ number: Int) -> Double {
        var (bits, reversed) = (UInt64(truncatingIfNeeded: number), UInt64(0))
        for _ in 0..<64 {
            reversed = reversed << 1 | bits & 1
            bits >>= 1
        }
        return Double(reversed) * 0x1p-64
    }
}
