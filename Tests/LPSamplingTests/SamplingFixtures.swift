import Foundation
import Testing

/// What Tests/Reference/sampling_fixtures.py wrote.
struct SamplerFixtures: Decodable {
    struct Case: Decodable, CustomTestStringConvertible, Sendable {
        let sampler, betas, spacing, prediction: String
        let rescale, alphaToOne: Bool
        let offset, steps: Int
        let initialScale: Double
        let timesteps, inputs: [Double]
        let values: [[Double]]

        var testDescription: String { "\(sampler) \(betas) \(spacing) \(prediction) \(steps)" }
    }
    let start: [Double]
    let alphaBars: [String: [String: Double]]
    let spacings: [String: [Int]]
    let cases: [Case]
    let rescaledGuidance: Guidance

    struct Guidance: Decodable {
        let negative, positive: [Float]
        let result: [Double]
    }
}

struct NoiseFixtures: Decodable {
    struct Known: Decodable {
        let counter, key, words: [UInt32]
    }
    struct Normals: Decodable {
        let seed: UInt64
        let frame: Int
        let values: [Float]
    }
    let known: [Known]
    let normals: [Normals]
}

enum Fixtures {
    static func load<T: Decodable>(_ name: String, as type: T.Type = T.self) throws -> T {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let file = folder.appendingPathComponent("Fixtures/sampling/\(name).json")
        return try JSONDecoder().decode(type, from: Data(contentsOf: file))
    }
}
