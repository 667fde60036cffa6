import CLivePhoto
import LPMedia
import LPPipeline

/// The finished clip: frames, files and how much it moves.
extension PipelineSession {
    /// Width, height and frames of the clip that the parameters lead to.
    func clip() throws -> (width: Int, height: Int, frames: Int) {
        guard let size = engine.clipSize else { throw Refusal.state("no photo is set") }
        return (size.width, size.height, engine.parameters.frames)
    }

    func copyFrame(_ index: Int, to target: PixelTarget) throws {
        let size = try clip()
        try engine.withFrame(index) { try target.take($0, width: size.width, height: size.height) }
    }

    func copyPreview(_ index: Int, to target: PixelTarget) throws {
        guard let size = engine.previewSize else { throw Refusal.state("no photo is set") }
        let pixels = try engine.preview(frame: index)
        try pixels.withUnsafeBufferPointer { try target.take($0, width: size.width, height: size.height) }
    }

    /// Writes the clip to a file or folder.
    /// - Parameter progress: called with the part written; false stops
    func save(to path: String, _ progress: @escaping (Double) -> Bool) throws {
        let size = try clip()
        guard engine.state == .done else { throw Refusal.state("there is no finished clip yet: step or run first") }
        clearCancellation()
        defer { clearCancellation() }
        var isStopped = false
        let cancellation = engine.cancellation
        let report = try ClipWriter.write(
            count: size.frames, fps: FrameRate(framesPerSecond), to: path,
            comment: "Made with LivePhoto \(Version.text), model \(engine.model.configuration.name)",
            cancel: { isStopped || cancellation.isCancelled || self.takeCancellation() },
            progress: { if !progress($0) { isStopped = true } },
            frames: { try self.image($0) })
        for note in report.notes { log.write(.warning, note) }
        log.write(.info, "wrote \(path) with \(report.encoder), \(report.width)x\(report.height)")
    }

    /// Mean SSIM, level and SSIM of every pair of adjacent frames.
    func measure() throws -> ClipMotion {
        let size = try clip()
        guard engine.state == .done else { throw Refusal.state("there is no finished clip yet: step or run first") }
        return try ClipMotion.measure(count: size.frames, edges: engine.model.configuration.intensity.edges) {
            try self.image($0)
        }
    }

    private func image(_ index: Int) throws -> RGBImage {
        let size = try clip()
        return try engine.withFrame(index) {
            try RGBImage.fromPixels(
                $0.baseAddress, width: size.width, height: size.height, stride: size.width * 3, layout: .rgb)
        }
    }
}
