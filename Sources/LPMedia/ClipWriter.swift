/// What was written.
package struct ClipReport: Sendable {
    package let format: ClipFormat
    /// FFmpeg's name of the encoder, or "livephoto" for the ones of this module.
    package internal(set) var encoder: String
    /// Size of the frames in the file; may be larger than the clip's by one pixel a side, see `notes`.
    package internal(set) var width: Int
    package internal(set) var height: Int
    package let frameCount: Int
    /// Deviations from what was asked, one sentence each, for the user.
    package internal(set) var notes: [String] = []
}

/// Writes a clip as a file or a folder, chosen by the ending of the path. The output appears whole or not at all: on an
/// error, a full disk or a cancel nothing is left behind. The same frames give the same bytes.
package enum ClipWriter {
    package static let mostFrames = 100_000

    /// Gives frame `index`. All frames have the size of frame 0. A GIF asks for each frame twice (the palette first).
    package typealias FrameSource = (_ index: Int) throws -> RGBImage

    /// - Parameters:
    ///   - count: number of frames, 1...100,000.
    ///   - path: ends with .mp4, .webm, .gif, .webp, .png or '/'; its parent folder exists.
    ///   - comment: kept in the file's metadata where the format has a place for it.
    ///   - cancel: asked before every frame.
    ///   - progress: called after every frame with the fraction done, 0...1.
    /// - Throws: `MediaError`, or what `frames` threw.
    @discardableResult
    package static func write(
        count: Int, fps: FrameRate, to path: String, comment: String? = nil,
        cancel: @escaping () -> Bool = { false }, progress: @escaping (Double) -> Void = { _ in },
        frames: FrameSource
    ) throws -> ClipReport {
        try write(
            count: count, fps: fps, to: path, comment: comment, encoders: nil, cancel: cancel, progress: progress,
            frames: frames)
    }

    /// `encoders` replaces the list of FFmpeg encoders that are tried, for tests of the fallback.
    static func write(
        count: Int, fps: FrameRate, to path: String, comment: String?, encoders: [String]?,
        cancel: @escaping () -> Bool, progress: @escaping (Double) -> Void, frames: FrameSource
    ) throws -> ClipReport {
        let format = try ClipFormat(path: path)
        guard (1...mostFrames).contains(count) else {
            throw MediaError.invalidArgument("a clip of \(count) frames cannot be written, expected 1 to \(mostFrames)")
        }
        if cancel() { throw MediaError.cancelled }
        let output = try PendingOutput(path: path, isFolder: format == .folder)
        return try withoutActuallyEscaping(frames) { frames in
            let clip = ClipSource(
                count: count, fps: fps, path: path, comment: comment, cancel: cancel, progress: progress,
                frames: frames)
            let first = try clip.first()
            var report = ClipReport(
                format: format, encoder: "livephoto", width: first.width, height: first.height, frameCount: count)
            var files: [String] = []
            switch format {
            case .mp4, .webm, .webp:
                try VideoWriter.write(clip, format: format, encoders: encoders, to: output.hiddenPath, report: &report)
            case .gif: try GIFWriter.write(clip, to: output.hiddenPath, report: &report)
            case .png: try APNGWriter.write(clip, to: output.hiddenPath)
            case .folder: files = try writeFolder(clip, to: output.hiddenPath)
            }
            if cancel() { throw MediaError.cancelled }
            try output.commit(files: files)
            return report
        }
    }

    private static func writeFolder(_ clip: ClipSource, to folder: String) throws -> [String] {
        let digits = max(4, String(clip.count - 1).count)
        return try (0..<clip.count).map { index in
            let number = String(index)
            let name = "frame_" + String(repeating: "0", count: digits - number.count) + number + ".png"
            let image = try clip.frame(index)
            try PNGWriter.write(image, hiddenPath: "\(folder)/\(name)", path: clip.path, comment: clip.comment)
            clip.progress(Double(index + 1) / Double(clip.count))
            return name
        }
    }
}
