import Foundation
import LPModels
import LPTensor
import LPWeights
import Testing

/// Numbers made from a name, the same as `network_reference.seeded` in Tests/Reference makes.
enum SeededTensor {
    static func make(_ name: String, _ shape: [Int], factor: Float = 1) throws -> Tensor {
        let tensor = try Tensor(uninitialized: shape)
        for index in 0..<tensor.count { tensor.pointer[index] = Float(unit(seed(name), index)) * factor }
        return tensor
    }

    /// A weight of the tiny networks: about unit gain; `1 +` for the gains of norms.
    static func weight(_ name: String, _ shape: [Int]) -> [Float] {
        let (count, start) = (shape.reduce(1, *), seed(name))
        if shape.count == 1 {
            let base: Float = name.hasSuffix("weight") ? 1 : 0
            return (0..<count).map { base + 0.25 * Float(unit(start, $0)) }
        }
        let gain = (3 / Double(shape.dropFirst().reduce(1, *))).squareRoot()
        return (0..<count).map { Float(unit(start, $0) * gain) }
    }

    private static func seed(_ name: String) -> UInt64 {
        name.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }

    private static func unit(_ seed: UInt64, _ index: Int) -> Double {
        var z = seed &+ UInt64(index + 1) &* 0x9E37_79B9_7F4A_7C15
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        z ^= z >> 31
        return Double(z >> 40) / Double(1 << 23) - 1
    }
}

/// One case of Tests/Fixtures: a configuration, the shapes of its weights, inputs, and what must come out.
struct NetworkFixture {
    let configuration: ModelConfiguration
    let shapes: [String: [Int]]
    let inputs: [String: Double]
    private let expected: SafetensorsFile

    /// - Parameter name: `unet/motion_small`, e.g.
    init(_ name: String) throws {
        let base = Self.folder.appendingPathComponent(name)
        let text = try Data(contentsOf: base.appendingPathExtension("json"))
        let object = try #require(try JSONSerialization.jsonObject(with: text) as? [String: Any])
        let configuration = try #require(object["configuration"])
        self.configuration = try ModelConfiguration(
            json: [UInt8](try JSONSerialization.data(withJSONObject: configuration)))
        shapes = try #require(object["tensors"] as? [String: [Int]])
        inputs = try #require(object["inputs"] as? [String: Double])
        expected = try SafetensorsFile(path: base.appendingPathExtension("safetensors").path)
    }

    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Fixtures")

    func input(_ name: String) throws -> Int { Int(try #require(inputs[name])) }

    func output(_ name: String) throws -> Tensor { try expected.floats(try #require(expected.entries[name])) }

    /// The weights as a file, opened.
    ///
    /// - Parameter mapped: as a large file would be, whose weights are widened and packed at each use
    func weights(mapped: Bool = false) throws -> WeightStore {
        try Self.store(shapes, mappingThreshold: mapped ? 0 : SafetensorsFile.mappingThreshold)
    }

    /// - Parameter renamed: gives tensors another name in the file
    static func store(
        _ shapes: [String: [Int]], mappingThreshold: Int = SafetensorsFile.mappingThreshold,
        renamed: (String) -> String = { $0 }
    ) throws -> WeightStore {
        var header: [String: Any] = [:]
        var bytes = Data()
        for (name, shape) in shapes.sorted(by: { $0.key < $1.key }) {
            let values = SeededTensor.weight(name, shape)
            let start = bytes.count
            values.withUnsafeBytes { bytes.append(contentsOf: $0) }
            header[renamed(name)] = ["dtype": "F32", "shape": shape, "data_offsets": [start, bytes.count]]
        }
        var text = try JSONSerialization.data(withJSONObject: header)
        text.append(Data(repeating: 0x20, count: (8 - text.count % 8) % 8))
        var file = withUnsafeBytes(of: UInt64(text.count).littleEndian) { Data($0) }
        file.append(text)
        file.append(bytes)
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).safetensors")
        try file.write(to: path)
        defer { try? FileManager.default.removeItem(at: path) }
        return try WeightStore(path: path.path, mappingThreshold: mappingThreshold)
    }
}

/// Largest difference, relative to the largest expected value; infinite if shapes differ or a number is none.
func relativeError(_ found: Tensor, _ expected: Tensor) -> Float {
    guard found.shape == expected.shape, found.array.allSatisfy(\.isFinite) else { return .infinity }
    let scale = expected.array.reduce(0) { max($0, abs($1)) }
    return zip(found.array, expected.array).reduce(0) { max($0, abs($1.0 - $1.1) / scale) }
}
