import CLivePhoto

// livephoto.h, section The clip.

@c @implementation
public func livephoto_pipeline_clip_size(
    _ pipeline: OpaquePointer?, _ width: UnsafeMutablePointer<Int32>?, _ height: UnsafeMutablePointer<Int32>?,
    _ frames: UnsafeMutablePointer<Int32>?
) -> livephoto_status {
    withPipeline(pipeline, .alsoInCallbacks) { session in
        let clip = try session.clip()
        width?.pointee = Int32(clamping: clip.width)
        height?.pointee = Int32(clamping: clip.height)
        frames?.pointee = Int32(clamping: clip.frames)
    }
}

@c @implementation
public func livephoto_pipeline_frame(
    _ pipeline: OpaquePointer?, _ frame: Int32, _ pixels: UnsafeMutableRawPointer?, _ capacity: Int, _ stride: Int,
    _ format: livephoto_format, _ rows: livephoto_rows
) -> livephoto_status {
    withPipeline(pipeline) { session in
        let target = PixelTarget(pixels: pixels, capacity: capacity, stride: stride, format: format, rows: rows)
        try session.copyFrame(Int(frame), to: target)
    }
}

@c @implementation
public func livephoto_pipeline_save(
    _ pipeline: OpaquePointer?, _ path: UnsafePointer<CChar>?, _ progress: livephoto_fraction_callback?,
    _ user_data: UnsafeMutableRawPointer?
) -> livephoto_status {
    withPipeline(pipeline) { session in
        let listener = FractionListener(callback: progress, userData: user_data)
        try session.save(to: Text.path(path)) { listener.hear($0) }
    }
}

@c @implementation
public func livephoto_pipeline_measure(
    _ pipeline: OpaquePointer?, _ measurement: UnsafeMutablePointer<livephoto_measurement>?,
    _ curve: UnsafeMutablePointer<Double>?, _ capacity: Int
) -> livephoto_status {
    withPipeline(pipeline) { session in
        let measurement = try required(measurement, "measurement")
        try livephoto_measurement.check(measurement)
        try session.measure().store(in: measurement, curve: curve, capacity: capacity)
    }
}
