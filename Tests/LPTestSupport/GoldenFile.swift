import Foundation
import LPTensor

/// A JSON file under Tests/Fixtures with named tensors, as Tests/Reference writes them.
package struct GoldenFile {
    private struct Entry: Decodable {
        var shape: [Int]
        var values: [Float]
    }
    private struct Body: Decodable { var tensors: [String: Entry] }
    package struct Missing: Error { package var name: String }

    private let entries: [String: Entry]

    /// - Parameter path: below Tests/Fixtures, "tensor/warp.json"
    package init(_ path: String) throws {
        let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Fixtures").appendingPathComponent(path)
        entries = try JSONDecoder().decode(Body.self, from: Data(contentsOf: url)).tensors
    }

    package var names: [String] { entries.keys.sorted() }

    package subscript(name: String) -> Tensor {
        get throws {
            guard let entry = entries[name] else { throw Missing(name: name) }
            return try Tensor(entry.values, shape: entry.shape)
        }
    }
}
