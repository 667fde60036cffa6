import CLivePhoto

// livephoto.h, section Parameters.

@c @implementation
public func livephoto_pipeline_set_intensity(_ pipeline: OpaquePointer?, _ level: Double) -> livephoto_status {
    withPipeline(pipeline) { try $0.engine.setIntensity(level) }
}

@c @implementation
public func livephoto_pipeline_set_seed(_ pipeline: OpaquePointer?, _ seed: UInt64) -> livephoto_status {
    withPipeline(pipeline) { try $0.engine.setSeed(seed) }
}

@c @implementation
public func livephoto_pipeline_set_frames(_ pipeline: OpaquePointer?, _ frames: Int32) -> livephoto_status {
    withPipeline(pipeline) { try $0.engine.setFrames(Int(frames)) }
}

@c @implementation
public func livephoto_pipeline_set_size(
    _ pipeline: OpaquePointer?, _ width: Int32, _ height: Int32, _ fit: livephoto_fit
) -> livephoto_status {
    withPipeline(pipeline) { try $0.setSize(ClipSize.wish(width: width, height: height, fit: fit)) }
}

@c @implementation
public func livephoto_pipeline_set_steps(_ pipeline: OpaquePointer?, _ steps: Int32) -> livephoto_status {
    withPipeline(pipeline) { try $0.engine.setSteps(Int(steps)) }
}

@c @implementation
public func livephoto_pipeline_set_guidance(_ pipeline: OpaquePointer?, _ guidance: Double) -> livephoto_status {
    withPipeline(pipeline) { try $0.engine.setGuidance(guidance) }
}

@c @implementation
public func livephoto_pipeline_set_guidance_rescale(_ pipeline: OpaquePointer?, _ share: Double) -> livephoto_status {
    withPipeline(pipeline) { try $0.engine.setGuidanceRescale(share) }
}

@c @implementation
public func livephoto_pipeline_set_sampler(
    _ pipeline: OpaquePointer?, _ sampler: livephoto_sampler
) -> livephoto_status {
    withPipeline(pipeline) { try ParameterTable.setSampler(sampler, of: $0) }
}

@c @implementation
public func livephoto_pipeline_set_threads(_ pipeline: OpaquePointer?, _ threads: Int32) -> livephoto_status {
    withPipeline(pipeline) { try $0.engine.setThreads(Int(threads)) }
}

@c @implementation
public func livephoto_pipeline_set_fps(_ pipeline: OpaquePointer?, _ fps: Int32) -> livephoto_status {
    withPipeline(pipeline) { try $0.setFramesPerSecond(Int(fps)) }
}

@c @implementation
public func livephoto_pipeline_set_keep_first_frame(_ pipeline: OpaquePointer?, _ keep: Bool) -> livephoto_status {
    withPipeline(pipeline) { try $0.engine.setKeepFirstFrame(keep) }
}

@c @implementation
public func livephoto_pipeline_set_loop(_ pipeline: OpaquePointer?, _ loop: Bool) -> livephoto_status {
    withPipeline(pipeline) { try $0.engine.setLoops(loop) }
}

@c @implementation
public func livephoto_pipeline_set_calibration(_ pipeline: OpaquePointer?, _ calibration: Bool) -> livephoto_status {
    withPipeline(pipeline) { try $0.engine.setCalibrates(calibration) }
}

@c @implementation
public func livephoto_pipeline_set_defaults(_ pipeline: OpaquePointer?) -> livephoto_status {
    withPipeline(pipeline) { try ParameterTable.setDefaults(of: $0) }
}

@c @implementation
public func livephoto_pipeline_bounds(
    _ pipeline: OpaquePointer?, _ parameter: livephoto_parameter, _ minimum: UnsafeMutablePointer<Double>?,
    _ maximum: UnsafeMutablePointer<Double>?, _ standard: UnsafeMutablePointer<Double>?
) -> livephoto_status {
    withPipeline(pipeline, .alsoInCallbacks) { session in
        let bounds = try ParameterTable.bounds(of: parameter, in: session)
        minimum?.pointee = bounds.minimum
        maximum?.pointee = bounds.maximum
        standard?.pointee = bounds.standard
    }
}

@c @implementation
public func livephoto_pipeline_value(
    _ pipeline: OpaquePointer?, _ parameter: livephoto_parameter, _ value: UnsafeMutablePointer<Double>?
) -> livephoto_status {
    withPipeline(pipeline, .alsoInCallbacks) { session in
        try required(value, "value").pointee = ParameterTable.value(of: parameter, in: session)
    }
}

@c @implementation
public func livephoto_pipeline_estimate(
    _ pipeline: OpaquePointer?, _ seconds: UnsafeMutablePointer<Double>?, _ bytes: UnsafeMutablePointer<UInt64>?
) -> livephoto_status {
    withPipeline(pipeline) { session in
        try session.requireNotStepping()
        let estimate = try session.engine.estimate()
        seconds?.pointee = estimate.seconds
        bytes?.pointee = UInt64(clamping: estimate.bytes)
    }
}
