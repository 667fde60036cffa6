import Foundation
import LPTensor

@testable import LPWeights

/// Files below Tests/Fixtures for the text and content networks.
enum ModelFixtures {
    static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Fixtures")

    static func bytes(_ path: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: folder.appendingPathComponent(path)))
    }

    static func store(_ path: String) throws -> WeightStore {
        try WeightStore(path: folder.appendingPathComponent(path).path)
    }

    static func tensor(_ store: WeightStore, _ name: String) throws -> Tensor {
        try store.tensor(name, store.shape(of: name) ?? [])
    }

    static func settings(_ json: String) throws -> SettingsReader {
        try SettingsReader(try JSONParser.parse([UInt8](json.utf8)))
    }
}
