import CLivePhoto
import LPMedia

// livephoto.h, section Photo and text.

@c @implementation
public func livephoto_pipeline_set_image(
    _ pipeline: OpaquePointer?, _ pixels: UnsafeRawPointer?, _ width: Int32, _ height: Int32, _ stride: Int,
    _ format: livephoto_format
) -> livephoto_status {
    withPipeline(pipeline) { session in
        try session.requireNotStepping()
        let source = PixelSource(pixels: pixels, width: Int(width), height: Int(height), stride: stride, format: format)
        try session.setSource(source.image())
    }
}

@c @implementation
public func livephoto_pipeline_set_image_file(
    _ pipeline: OpaquePointer?, _ path: UnsafePointer<CChar>?
) -> livephoto_status {
    withPipeline(pipeline) { session in
        try session.requireNotStepping()
        try session.setSource(ImageReader.read(path: Text.path(path)))
    }
}

@c @implementation
public func livephoto_pipeline_set_prompt(
    _ pipeline: OpaquePointer?, _ text: UnsafePointer<CChar>?
) -> livephoto_status {
    withPipeline(pipeline) { try $0.setPrompt(Text.input(text, "text", limit: Text.longestPrompt)) }
}

@c @implementation
public func livephoto_pipeline_set_negative_prompt(
    _ pipeline: OpaquePointer?, _ text: UnsafePointer<CChar>?
) -> livephoto_status {
    withPipeline(pipeline) { try $0.engine.setNegativePrompt(Text.input(text, "text", limit: Text.longestPrompt)) }
}
