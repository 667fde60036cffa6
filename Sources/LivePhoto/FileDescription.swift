import CLivePhoto
import LPPipeline
import LPWeights

/// What livephoto_file_describe() tells.
enum FileDescription {
    /// - Returns: the JSON, and the status that goes with it
    static func of(_ path: String) -> (json: String, status: livephoto_status) {
        do {
            return (json(of: try WeightsFile(path), path), LIVEPHOTO_OK)
        } catch {
            let refusal = Refusal(PipelineError.running(error))
            let object = JSONText.object([("path", .text(path)), ("problem", .text(refusal.message))])
            return (object.description, refusal.status)
        }
    }

    private static func json(of file: WeightsFile, _ path: String) -> String {
        let entries = file.source.entries.values
        var types: [String: Int] = [:]
        for entry in entries { types[entry.type, default: 0] += 1 }
        return JSONText.object([
            ("path", .text(path)), ("kind", .text(file.kind.word)), ("description", .text(file.kind.description)),
            ("container", .text(file.source.container)), ("tensors", .integer(entries.count)),
            ("parameters", .integer(entries.reduce(0) { $0 &+ $1.count })),
            ("types", .object(types.sorted { $0.key < $1.key }.map { ($0.key, .integer($0.value)) })),
        ]).description
    }
}
