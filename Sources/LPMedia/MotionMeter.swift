/// Measures how much a clip moves, as training measured it: the mean SSIM of adjacent frames (paper, section 3.4), on
/// the grey 256x256 centre square. 1 is a still; the less, the more motion.
package struct MotionMeter {
    package struct Reading: Sendable {
        /// Mean over the pairs, at most 1.
        package let ssim: Double
        /// SSIM of frames i and i + 1, [frames - 1].
        package let pairs: [Double]
        /// Frames that were compared.
        package let frameCount: Int
    }

    /// The number of frames that training measured.
    package static let trainingFrames = 16
    /// The most frames that are measured.
    package static let mostFrames = 4096

    private let similarity = StructuralSimilarity(side: LumaPlane.side)
    private var last: StructuralSimilarity.Picture?
    private var pairs: [Double] = []

    package init() {}

    /// Adds the next frame; any size, which may not be below 1x1.
    package mutating func add(_ image: RGBImage) { add(LumaPlane(image)) }

    private mutating func add(_ plane: LumaPlane) {
        let picture = similarity.prepare(plane.values)
        if let last { pairs.append(similarity.similarity(last, picture)) }
        last = picture
    }

    /// - Throws: `MediaError.invalidArgument` for fewer than two frames.
    package func reading() throws -> Reading {
        guard !pairs.isEmpty else {
            throw MediaError.invalidArgument("motion needs at least 2 frames, \(last == nil ? 0 : 1) given")
        }
        return Reading(
            ssim: pairs.reduce(0, +) / Double(pairs.count), pairs: pairs, frameCount: pairs.count + 1)
    }

    /// Measures `count` frames.
    ///
    /// - Parameter resampled: true compares 16 frames spread evenly over a clip that has more, first and last included,
    ///   so that a slow long clip is measured like training's clips.
    package static func measure(
        count: Int, resampled: Bool = false, frames: (Int) throws -> RGBImage
    ) throws -> Reading {
        var meter = MotionMeter()
        for index in indices(count: count, resampled: resampled) { meter.add(try frames(index)) }
        return try meter.reading()
    }

    /// Measures a video or animated image.
    /// - Throws: `MediaError`, see `VideoReader.read`; also for a file of one frame.
    package static func measure(
        path: String, resampled: Bool = false, limit: Int = mostFrames, cancel: () -> Bool = { false }
    ) throws -> Reading {
        var planes: [LumaPlane] = []
        try VideoReader.read(path: path, limit: min(max(limit, 1), mostFrames)) { image, _ in
            if cancel() { throw MediaError.cancelled }
            planes.append(LumaPlane(image))
            return true
        }
        guard planes.count > 1 else {
            throw MediaError.unsupportedFormat(path: path, reason: "it has one frame, motion needs at least 2")
        }
        var meter = MotionMeter()
        for index in indices(count: planes.count, resampled: resampled) {
            if cancel() { throw MediaError.cancelled }
            meter.add(planes[index])
        }
        return try meter.reading()
    }

    /// The frames that are compared.
    static func indices(count: Int, resampled: Bool) -> [Int] {
        guard resampled, count > trainingFrames else { return Array(0..<max(count, 0)) }
        let steps = trainingFrames - 1
        return (0..<trainingFrames).map { ($0 * (count - 1) * 2 + steps) / (2 * steps) }
    }

    /// The motion intensity of a measured SSIM, a real number from 1 (still) to 10.
    ///
    /// The nine edges cut the SSIM axis, from 1 downwards, into ten bins. Bin k (1...10) covers the levels k - 0.5 to
    /// k + 0.5, linearly, so an SSIM in the middle of bin k is level k and edge k lies at k + 0.5; rounding gives the
    /// bin. Bin 1 begins at SSIM 1. Bin 10, which has no lower edge, is taken as wide as bin 9, but ends at 0 at the
    /// latest. The result is clamped to 1...10.
    ///
    /// - Parameter edges: nine SSIM values, none greater than the one before (a model's `intensity_edges`).
    /// - Throws: `MediaError.invalidArgument` for other edges or an SSIM that is no number.
    package static func level(ssim: Double, edges: [Double]) throws -> Double {
        guard edges.count == 9, edges.allSatisfy({ $0.isFinite && $0 <= 1 }),
            zip(edges, edges.dropFirst()).allSatisfy({ $0 >= $1 })
        else {
            throw MediaError.invalidArgument("intensity edges must be 9 numbers up to 1 that do not rise")
        }
        guard ssim.isFinite else { throw MediaError.invalidArgument("an SSIM of \(ssim) is no number") }
        let floor = max(0, edges[8] - (edges[7] - edges[8]))
        let bounds = [1] + edges + [min(floor, edges[8])]
        for bin in 1...10 where ssim >= bounds[bin] || bin == 10 {
            let width = bounds[bin - 1] - bounds[bin]
            let inside = width > 0 ? (bounds[bin - 1] - ssim) / width : 0.5
            return min(max(Double(bin) - 0.5 + inside, 1), 10)
        }
        return 10
    }
}
