/// The frames of a clip as a writer sees them: checked for size, interruptible.
final class ClipSource {
    let count: Int
    let fps: FrameRate
    let path: String
    let comment: String?
    let cancel: () -> Bool
    let progress: (Double) -> Void
    private let frames: (Int) throws -> RGBImage
    private var firstFrame: RGBImage?

    init(
        count: Int, fps: FrameRate, path: String, comment: String?, cancel: @escaping () -> Bool,
        progress: @escaping (Double) -> Void, frames: @escaping (Int) throws -> RGBImage
    ) {
        self.count = count
        self.fps = fps
        self.path = path
        self.comment = comment
        self.cancel = cancel
        self.progress = progress
        self.frames = frames
    }

    /// Frame 0, asked for once.
    func first() throws -> RGBImage {
        if let firstFrame { return firstFrame }
        let image = try frames(0)
        firstFrame = image
        return image
    }

    /// - Throws: `MediaError.cancelled`, `.invalidArgument` where the size is not that of frame 0, and the source's
    ///   own.
    func frame(_ index: Int) throws -> RGBImage {
        if cancel() { throw MediaError.cancelled }
        let first = try first()
        let image = index == 0 ? first : try frames(index)
        guard image.width == first.width, image.height == first.height else {
            throw MediaError.invalidArgument(
                "frame \(index) is \(image.width)x\(image.height), frame 0 is \(first.width)x\(first.height)")
        }
        return image
    }
}
