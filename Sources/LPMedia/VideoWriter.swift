import CFFmpeg

/// Writes H.264 in MP4, VP9 in WebM and animated WebP through FFmpeg's encoders and muxers, single-threaded so that the
/// same frames give the same bytes.
enum VideoWriter {
    /// - Parameter encoders: names to try in order; nil for the format's own list.
    static func write(
        _ clip: ClipSource, format: ClipFormat, encoders: [String]?, to hiddenPath: String, report: inout ClipReport
    ) throws {
        FFmpegSilence.enter()
        defer { FFmpegSilence.leave() }
        let candidates = encoders ?? VideoEncoder.candidates(format)
        let first = try clip.first()
        let encoder = try VideoEncoder.open(
            candidates, format: format, image: first, fps: clip.fps, path: clip.path)
        report.encoder = encoder.name
        report.width = encoder.width
        report.height = encoder.height
        if encoder.name != candidates.first {
            report.notes.append(
                "\(candidates.first ?? "the preferred encoder") is not in this FFmpeg; \(encoder.name) was used")
        }
        if encoder.width != first.width || encoder.height != first.height {
            report.notes.append(
                "\(first.width)x\(first.height) was widened to \(encoder.width)x\(encoder.height): "
                    + "H.264 in 4:2:0 needs even sides")
        }
        let file = try VideoFile(encoder, format: format, comment: clip.comment, to: hiddenPath, path: clip.path)
        try file.start(encoder)
        for index in 0..<clip.count {
            try encoder.send(clip.frame(index), index: index)
            try encoder.receive { try file.write($0, encoder) }
            clip.progress(Double(index + 1) / Double(clip.count))
        }
        try encoder.sendEnd()
        try encoder.receive {
            // An encoder that looks ahead works on one frame per packet here.
            if clip.cancel() { throw MediaError.cancelled }
            try file.write($0, encoder)
        }
        if clip.cancel() { throw MediaError.cancelled }
        try file.finish()
    }
}
