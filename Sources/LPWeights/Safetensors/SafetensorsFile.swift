import LPTensor

/// A safetensors file: an 8-byte little-endian header length, a JSON header, then the tensors' bytes.
///
/// The header is checked in full before any tensor is read: its length against the file, every span against the data,
/// spans against each other (no overlap), and every span against shape x element size. Element types other than
/// F32, F16 and BF16 may be in the file; they are refused when asked for.
///
/// Reference: https://github.com/huggingface/safetensors (format section of its README).
package final class SafetensorsFile: TensorSource {
    package typealias Entry = TensorEntry

    package static let mappingThreshold = TensorBytes.mappingThreshold
    static let headerLimit = 32 << 20

    package var path: String { bytes.file.path }
    package var container: String { "safetensors" }
    package let entries: [String: TensorEntry]
    package let metadata: [String: String]
    private let bytes: TensorBytes

    /// - Parameter mappingThreshold: bytes from which the file is mapped instead of copied; nil for the usual
    /// - Throws: `WeightError` naming the file and, where one is at fault, the tensor and its offset.
    package init(path: String, mappingThreshold: Int? = nil) throws {
        let file = try ReadableFile(path: path)
        guard file.size >= 8 else {
            throw WeightError.format(path: path, offset: 0, reason: "too short for a safetensors file")
        }
        var lengthBytes: UInt64 = 0
        try withUnsafeMutableBytes(of: &lengthBytes) { try file.read(into: $0, at: 0) }
        guard let length = Int(exactly: UInt64(littleEndian: lengthBytes)), length >= 2, length <= file.size - 8 else {
            throw WeightError.format(
                path: path, offset: 0,
                reason: "not a safetensors file, or cut short: the header does not fit into the file")
        }
        guard length <= Self.headerLimit else {
            throw WeightError.format(path: path, offset: 0, reason: "the header is larger than 32 MiB")
        }
        let header = try [UInt8](unsafeUninitializedCapacity: length) { buffer, count in
            try file.read(into: UnsafeMutableRawBufferPointer(buffer), at: 8)
            count = length
        }
        (entries, metadata) = try SafetensorsHeader.entries(header, path: path, fileSize: file.size)
        bytes = try TensorBytes(file, mappingThreshold: mappingThreshold)
    }

    package func parameter(_ entry: TensorEntry, shape: [Int]?) throws -> Parameter {
        try bytes.parameter(entry, shape: shape)
    }

    package func floats(_ entry: TensorEntry) throws -> Tensor { try bytes.floats(entry) }

    package func mapped(_ entry: TensorEntry) -> MappedSpan? { bytes.mapped(entry) }
}
