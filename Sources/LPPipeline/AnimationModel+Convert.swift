import LPTensor
import LPWeights

extension AnimationModel {
    /// Precision of the weights in a model folder.
    package enum StoredPrecision: Sendable {
        case half, single

        fileprivate var precision: Parameter.Precision { self == .half ? .float16 : .float32 }
    }

    /// Packs a model that was put together from files into one folder, and loads it from there.
    ///
    /// The sources are loaded first, so that what is wrong with them is said in their names; the new folder is loaded
    /// before it gets its name, so that a folder which is there works.
    ///
    /// - Parameter progress: called on this thread with 0...1; false stops
    /// - Throws: `PipelineError`
    package static func convert(
        _ files: ModelFileSet, to folder: String, precision: StoredPrecision, progress: (Double) -> Bool
    ) throws -> AnimationModel {
        do {
            var isStopped = false
            func report(_ fraction: Double) { if !isStopped { isStopped = !progress(fraction) } }
            func check() throws { if isStopped { throw PipelineError.cancelled } }

            let writer = try FolderWriter(target: folder)
            let parts = try AssembledModel(files)
            _ = try withoutActuallyEscaping(report) { report in
                try AnimationModel(parts: parts) { report(0.25 * $0) }
            }
            try check()
            try writer.write(parts, precision: precision.precision) { fraction in
                report(0.25 + 0.6 * fraction)
                try check()
            }
            let model = try withoutActuallyEscaping(report) { report in
                try AnimationModel(folder: writer.work) { report(0.85 + 0.15 * $0) }
            }
            try check()
            try writer.finish()
            return model
        } catch let error as FolderError {
            throw PipelineError.model(error.isDiskFull ? .noSpace : .unwritable, error.description)
        } catch {
            throw PipelineError.running(error)
        }
    }
}
