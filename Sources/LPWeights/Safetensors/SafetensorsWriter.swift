import Glibc
import LPTensor

/// Writes the tensors of a network into a new safetensors file, one after the other: no more than one is in memory.
struct SafetensorsWriter {
    let path: String
    /// Precision of all values in the file.
    let precision: Parameter.Precision

    /// Bytes of the values that a network will have in the file.
    static func byteCount(_ tensors: [BoundTensor], _ precision: Parameter.Precision) -> Int {
        tensors.reduce(0) { $0 + $1.count * precision.size }
    }

    /// - Parameter progress: called after each tensor with its bytes; throws to stop
    /// - Throws: `WeightError` naming a tensor that cannot be stored, `FolderError` when the disk refuses
    func write(_ tensors: [(name: String, tensor: BoundTensor)], progress: (Int) throws -> Void) throws {
        let file = try OutputFile(path)
        try file.write(header(tensors))
        for (_, tensor) in tensors {
            let stored = try tensor.parameter().converted(to: precision)
            try stored.withBytes { bytes in
                if let index = FiniteScan.firstNonFinite(bytes, precision: precision) {
                    throw WeightError.tensor(
                        path: tensor.source.path, tensor: tensor.entry.name, offset: tensor.entry.offset,
                        reason: "holds a value beyond 16 bits (element \(index)); convert it to 32 bits")
                }
                try file.write(bytes)
                try progress(bytes.count)
            }
        }
        try file.finish()
    }

    /// Length and JSON, filled with blanks so that the values begin at a multiple of 64.
    private func header(_ tensors: [(name: String, tensor: BoundTensor)]) -> [UInt8] {
        var offset = 0
        var members: [String: JSONValue] = [:]
        for (name, tensor) in tensors {
            let end = offset + tensor.count * precision.size
            members[name] = .object([
                "dtype": .string(precision.safetensorsName), "shape": .array(tensor.shape.map { .integer($0) }),
                "data_offsets": .array([.integer(offset), .integer(end)]),
            ])
            offset = end
        }
        var json = Array(JSONValue.object(members).text.utf8)
        while (json.count + 8) % 64 != 0 { json.append(UInt8(ascii: " ")) }
        return withUnsafeBytes(of: UInt64(json.count).littleEndian) { Array($0) } + json
    }
}

/// Why a folder cannot be written.
package struct FolderError: Error, CustomStringConvertible {
    package let description: String
    package let isDiskFull: Bool

    init(_ path: String, code: Int32) {
        description = "cannot write '\(path)': \(strerror(code).map { String(cString: $0) } ?? "system error \(code)")"
        isDiskFull = code == ENOSPC || code == EDQUOT
    }

    init(_ description: String) {
        self.description = description
        isDiskFull = false
    }
}

/// A file that is being written from its beginning to its end.
final class OutputFile {
    private let path: String
    private let descriptor: Int32

    init(_ path: String) throws {
        self.path = path
        descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw FolderError(path, code: errno) }
    }

    deinit { close(descriptor) }

    func write(_ bytes: [UInt8]) throws { try bytes.withUnsafeBytes { try write($0) } }

    func write(_ bytes: UnsafeRawBufferPointer) throws {
        var rest = bytes
        while let base = rest.baseAddress, !rest.isEmpty {
            let count = Glibc.write(descriptor, base, min(rest.count, 1 << 30))
            if count < 0 {
                if errno == EINTR { continue }
                throw FolderError(path, code: errno)
            }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
    }

    /// Waits until the disk has it, so that a folder which is there is complete even after a loss of power.
    func finish() throws {
        guard fsync(descriptor) == 0 else { throw FolderError(path, code: errno) }
    }
}
