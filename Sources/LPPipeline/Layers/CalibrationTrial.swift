import LPModels
import LPTensor

/// The clip in small, to measure how much it moves at a size of its motion.
final class CalibrationTrial {
    private let cutter: LayerCutter
    private let photo: LayeredPhoto
    private let times: ClipTimes
    private let effects: (MotionSize) throws -> EffectsRenderer?
    private let measure: any MotionMeasure
    private let edges: [Double]
    private let compute: Compute
    /// First frames of the runs that are measured side by side; each shares one frame with the next.
    private static let run = 4

    /// - Parameters:
    ///   - pixels: the photo, [1, H, W, 3]
    ///   - effects: the new content at a size of the motion
    init(
        cutter: LayerCutter, pixels: Tensor, times: ClipTimes, effects: @escaping (MotionSize) throws -> EffectsRenderer?,
        measure: any MotionMeasure, edges: [Double], _ compute: Compute
    ) throws {
        let (height, width) = (pixels.shape[1], pixels.shape[2])
        // Motion is measured on 256 x 256 pixels of the middle: a short side of 256 shows the same.
        let shrink = min(256 / Double(min(height, width)), 1)
        let small = try compute.resizeBilinear(
            pixels, height: max(Int(Double(height) * shrink + 0.5), 1), width: max(Int(Double(width) * shrink + 0.5), 1),
            antialias: true)
        self.cutter = cutter
        photo = try cutter.fine(small, cutter.moments(times, MotionSize()), extends: false, compute)
        self.times = times
        self.effects = effects
        self.measure = measure
        self.edges = edges
        self.compute = compute
    }

    /// The measured level, 1...10, of the clip at a size of its motion.
    func level(_ size: MotionSize) throws -> Double {
        let renderer = try effects(size)
        let moments = cutter.moments(times, size)
        var frames: [[UInt8]] = []
        for (index, moment) in moments.enumerated() {
            let frame = try photo.frame(moment, bicubic: false, compute)
            try renderer?.draw(time: Float(times(index)), onto: frame, compute)
            frames.append(PixelConversion.bytes(frame))
        }
        let runs = (frames.count - 2) / Self.run + 1
        let sums = try Tensor(zeros: [runs])
        let (measure, width, height, all) = (measure, photo.width, photo.height, frames)
        try compute.parallel(runs) { run in
            let last = min((run + 1) * Self.run, all.count - 1)
            let pairs = try measure.similarities(all[run * Self.run...last], width: width, height: height)
            sums.pointer[run] = Float(pairs.reduce(0, +))
        }
        let mean = sums.array.reduce(0) { $0 + Double($1) } / Double(frames.count - 1)
        return try measure.level(similarity: mean, edges: edges)
    }
}
