import CLivePhoto

// livephoto.h, section Running.

@c @implementation
public func livephoto_pipeline_step(
    _ pipeline: OpaquePointer?, _ progress: UnsafeMutablePointer<livephoto_progress>?
) -> livephoto_status {
    withPipeline(pipeline) { session in
        if let progress { try livephoto_progress.check(progress) }
        let report = try session.step()
        if let progress { try report.store(in: progress) }
    }
}

@c @implementation
public func livephoto_pipeline_run(
    _ pipeline: OpaquePointer?, _ callback: livephoto_step_callback?, _ user_data: UnsafeMutableRawPointer?
) -> livephoto_status {
    let box = PipelineBox.find(pipeline)
    return withPipeline(pipeline) { session in
        try session.run { progress in
            box?.publish(session)
            guard let callback else { return box?.isFreed != true }
            return withUnsafePointer(to: progress) { callback($0, user_data) == 0 } && box?.isFreed != true
        }
    }
}

@c @implementation
public func livephoto_pipeline_cancel(_ pipeline: OpaquePointer?) -> livephoto_status {
    let isAlive = HandleTable.shared.requestCancellation(pipeline) { ($0 as? PipelineBox)?.cancel() }
    return isAlive ? LIVEPHOTO_OK : LIVEPHOTO_ERROR_ARGUMENT
}

@c @implementation
public func livephoto_pipeline_reset(_ pipeline: OpaquePointer?) -> livephoto_status {
    withPipeline(pipeline) { $0.reset() }
}

@c @implementation
public func livephoto_pipeline_preview_size(
    _ pipeline: OpaquePointer?, _ width: UnsafeMutablePointer<Int32>?, _ height: UnsafeMutablePointer<Int32>?
) -> livephoto_status {
    withPipeline(pipeline, .alsoInCallbacks) { session in
        guard let size = session.engine.previewSize else { throw Refusal.state("no photo is set") }
        width?.pointee = Int32(clamping: size.width)
        height?.pointee = Int32(clamping: size.height)
    }
}

@c @implementation
public func livephoto_pipeline_preview(
    _ pipeline: OpaquePointer?, _ frame: Int32, _ pixels: UnsafeMutableRawPointer?, _ capacity: Int, _ stride: Int,
    _ format: livephoto_format, _ rows: livephoto_rows
) -> livephoto_status {
    withPipeline(pipeline, .alsoInCallbacks) { session in
        let target = PixelTarget(pixels: pixels, capacity: capacity, stride: stride, format: format, rows: rows)
        try session.copyPreview(Int(frame), to: target)
    }
}
