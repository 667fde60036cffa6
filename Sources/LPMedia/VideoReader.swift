import CFFmpeg

/// Decodes videos and animated images to RGB frames, one at a time.
package enum VideoReader {
    /// What a file holds, known before the first frame.
    package struct Information: Sendable {
        package let width: Int
        package let height: Int
        /// Frames per second; nil for a single picture or where the file does not say.
        package let fps: Double?
    }

    package static let mostFrames = 100_000

    /// Decodes the video stream of `path`: MP4, WebM, AVI and the like, GIF, APNG, animated WebP, or a still photo as
    /// one frame. Frames are turned upright where the file says so.
    ///
    /// - Parameters:
    ///   - limit: decoding stops after so many frames; the file may hold more.
    ///   - start: called once, before the first frame.
    ///   - body: called per frame; returns false to stop.
    /// - Returns: the number of frames given to `body`.
    /// - Throws: `MediaError`, or what the closures threw.
    @discardableResult
    package static func read(
        path: String, limit: Int = mostFrames, start: (Information) throws -> Void = { _ in },
        body: (RGBImage, Int) throws -> Bool
    ) throws -> Int {
        guard limit > 0 else { throw MediaError.invalidArgument("a limit of \(limit) frames, expected at least 1") }
        let head = try FileBytes.head(path, count: 4096)
        let kind = head.withUnsafeBufferPointer { ImageHeader.format(of: ByteView($0)) }
        if let kind, kind != .gif {
            if let count = try readImage(path: path, limit: limit, start: start, body: body) { return count }
        }
        return try FFmpegSilence.during {
            let stream = try VideoStream(path: path)
            try start(stream.information)
            var count = 0
            while count < limit, let frame = try stream.next() {
                count += 1
                if try !body(frame, count - 1) { break }
            }
            guard count > 0 else {
                throw MediaError.damaged(path: path, format: "video", reason: "no frame of it can be decoded")
            }
            return count
        }
    }

    /// All frames in memory, for short clips.
    package static func frames(path: String, limit: Int = 1024) throws -> (frames: [RGBImage], information: Information)
    {
        var frames: [RGBImage] = []
        var information: Information?
        try read(path: path, limit: limit) {
            information = $0
        } body: { frame, _ in
            frames.append(frame)
            return true
        }
        guard let information else {
            throw MediaError.damaged(path: path, format: "video", reason: "it holds no frame")
        }
        return (frames, information)
    }

    /// Stills and animated WebP, which FFmpeg's demuxers do not serve; nil for an animated PNG, which they do.
    private static func readImage(
        path: String, limit: Int, start: (Information) throws -> Void, body: (RGBImage, Int) throws -> Bool
    ) throws -> Int? {
        let file = try FileBytes.read(path)
        defer { withExtendedLifetime(file) {} }
        let view = ByteView(file)
        let header = try ImageHeader.read(view, path: path)
        guard header.isAnimated else {
            let image = try ImageReader.decode(file.bytes, path: path)
            try start(Information(width: image.width, height: image.height, fps: nil))
            _ = try body(image, 0)
            return 1
        }
        guard header.format == .webp else { return nil }
        var animation = try WebPAnimation(view, path: path)
        let duration = animation.totalMilliseconds
        let rate = duration > 0 ? Double(animation.frameCount) * 1000 / Double(duration) : nil
        try start(Information(width: header.width, height: header.height, fps: rate))
        var count = 0
        while count < limit, let frame = try animation.next() {
            count += 1
            if try !body(frame, count - 1) { break }
        }
        return count
    }
}
