import CLivePhoto
import LPMedia

/// How much a clip moves, as the header reports it.
struct ClipMotion {
    let reading: MotionMeter.Reading
    let level: Double

    private init(_ reading: MotionMeter.Reading, edges: [Double]) throws {
        self.reading = reading
        level = try MotionMeter.level(ssim: reading.ssim, edges: edges)
    }

    /// - Parameter edges: the model's nine SSIM values between the levels
    static func measure(count: Int, edges: [Double], frames: (Int) throws -> RGBImage) throws -> ClipMotion {
        try ClipMotion(MotionMeter.measure(count: count, frames: frames), edges: edges)
    }

    /// - Parameter goesOn: asked for every frame
    static func measure(file path: String, edges: [Double], _ goesOn: (Double) -> Bool) throws -> ClipMotion {
        let reading = try MotionMeter.measure(path: path, cancel: { !goesOn(0) })
        guard goesOn(1) else { throw Refusal.cancelled }
        return try ClipMotion(reading, edges: edges)
    }

    /// Writes the measurement, and as many pairs as `curve` holds, into the caller's memory.
    func store(
        in measurement: UnsafeMutablePointer<livephoto_measurement>, curve: UnsafeMutablePointer<Double>?, capacity: Int
    ) throws {
        try livephoto_measurement(
            struct_size: 0, pair_count: Int32(clamping: reading.pairs.count), mean_ssim: reading.ssim, level: level
        ).store(in: measurement)
        guard let curve else { return }
        for (index, pair) in reading.pairs.prefix(max(capacity, 0)).enumerated() { curve[index] = pair }
    }
}
