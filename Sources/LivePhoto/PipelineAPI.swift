import CLivePhoto

// livephoto.h, section Pipeline.

@c @implementation
public func livephoto_pipeline_create(
    _ model: OpaquePointer?, _ pipeline: UnsafeMutablePointer<OpaquePointer?>?
) -> livephoto_status {
    guard let pipeline else { return LIVEPHOTO_ERROR_ARGUMENT }
    let made = Result { try PipelineSession(model: ModelBox.required(model).model()) }.mapError { Refusal($0) }
    let box = PipelineBox(made)
    pipeline.pointee = HandleTable.shared.insert(box, kind: .pipeline)
    guard let handle = pipeline.pointee else { return LIVEPHOTO_ERROR_OUT_OF_MEMORY }
    return report(on: box.messages) {
        try made.get().takeCancellation = { HandleTable.shared.takeCancellation(handle) }
    }
}

@c @implementation
public func livephoto_pipeline_free(_ pipeline: OpaquePointer?) {
    HandleTable.shared.remove(pipeline, kind: .pipeline, as: PipelineBox.self)?.close()
}

@c @implementation
public func livephoto_pipeline_message(_ pipeline: OpaquePointer?) -> UnsafePointer<CChar>? {
    PipelineBox.find(pipeline)?.messages.current ?? FixedText.noHandle.pointer
}

@c @implementation
public func livephoto_pipeline_state(_ pipeline: OpaquePointer?) -> livephoto_state {
    guard let box = PipelineBox.find(pipeline) else { return LIVEPHOTO_STATE_NONE }
    return livephoto_state(rawValue: box.state.load(ordering: .sequentiallyConsistent))
}

@c @implementation
public func livephoto_pipeline_set_log_callback(
    _ pipeline: OpaquePointer?, _ callback: livephoto_log_callback?, _ user_data: UnsafeMutableRawPointer?
) -> livephoto_status {
    withPipeline(pipeline) { session in
        try session.requireNotStepping()
        session.log = LogSink(callback: callback, userData: user_data)
    }
}
