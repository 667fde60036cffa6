import Testing

@testable import LPWeights

@Suite struct EfficientNetConfigurationTests {
    private static let plain = [
        "type": "\"efficientnet\"", "stem_channels": "32", "head_channels": "1280",
        "stages": """
            [[1, 16, 1, 3, 1], [2, 24, 6, 3, 2], [2, 40, 6, 5, 2], [3, 80, 6, 3, 2], [3, 112, 6, 5, 1], [4, 192, 6, 5, 2],
             [1, 320, 6, 3, 1]]
            """,
        "mean": "[0.5, 0.5, 0.5]", "std": "[0.5, 0.5, 0.5]",
    ]

    private static func load(_ changes: [String: String?] = [:]) throws -> ContentEncoderConfiguration {
        let members = plain.merging(changes.compactMapValues(\.self)) { $1 }
            .filter { changes[$0.key] != .some(nil) }.map { "\"\($0.key)\": \($0.value)" }
        let document = try JSONParser.parse([UInt8]("{\(members.joined(separator: ", "))}".utf8))
        return try ContentEncoderConfiguration(SettingsReader(document, path: "content_encoder."))
    }

    private static func failure(_ changes: [String: String?]) -> String {
        do {
            _ = try load(changes)
            return "no error"
        } catch { return "\(error)" }
    }

    @Test func readsTheRealOne() throws {
        let loaded = try Self.load()
        guard case .efficientNet(let settings) = loaded else {
            Issue.record("\(loaded)")
            return
        }
        #expect(settings.blocks.count == 16 && settings.blocks.map(\.inner).max() == 1152)
        #expect(settings.blocks.count { $0.stride == 2 } == 4)
        #expect(loaded.pyramidChannels == [16, 24, 40, 112, 320, 1280])
        #expect(loaded.tokenWidth == 320 && loaded.tokens(height: 192, width: 200) == 42)
        // At 192 x 192: the second block's inside at half the size, before and after its depthwise convolution.
        #expect((4_000_000...8_000_000).contains(settings.activationBytes(pixels: 36864)))
    }

    /// The stem's own features are the finest where the first block comes down.
    @Test func pyramidOfAStemAlone() throws {
        let loaded = try Self.load(["stages": "[[2, 8, 2, 3, 2], [1, 10, 2, 3, 2], [1, 12, 2, 3, 2], [1, 14, 2, 7, 2]]"])
        #expect(loaded.pyramidChannels == [32, 8, 10, 12, 14, 1280])
    }

    @Test(
        arguments: [
            ("type", "\"resnet\"", "\"dinov2\", \"efficientnet\""), ("type", "7", "type' is a number"),
            ("type", nil, "hidden_size' is missing"),
            ("stem_channels", nil, "stem_channels"), ("stem_channels", "0", "1 to 16384"),
            ("head_channels", "1e9", "head_channels"), ("head_channels", "-1", "head_channels"),
            ("mean", nil, "mean' is missing"), ("mean", "[1, 2]", "has 2 elements; 3"),
            ("std", nil, "std' is missing"), ("std", "[1, 0, 1]", "std[1]"), ("std", "[1, 1e-9, 1]", "std[1]"),
            ("std", "[1, \"a\", 1]", "std[1]"),
            ("stages", nil, "stages' is missing"), ("stages", "[]", "has 0 elements"), ("stages", "7", "a list is expected"),
            ("stages", "[7]", "stages[0]' is not a list of 5"), ("stages", "[[1, 2, 3, 3]]", "stages[0]' is not a list of 5"),
            ("stages", "[[1, 2, 3, 3, 1, 1]]", "stages[0]' is not a list of 5"),
            ("stages", "[[1, 16, 1, 3, 1], [1, 16, 1, 3, 1.5]]", "stages[1][4]"),
            ("stages", "[[1, 16, 1, 3, 1], [1, 16, 1, 3, null]]", "stages[1][4]"),
            ("stages", "[[0, 16, 1, 3, 1]]", "stages[0][0]"), ("stages", "[[65, 16, 1, 3, 1]]", "stages[0][0]"),
            ("stages", "[[1, 0, 1, 3, 1]]", "stages[0][1]"), ("stages", "[[1, 16385, 1, 3, 1]]", "stages[0][1]"),
            ("stages", "[[1, 16, 0, 3, 1]]", "stages[0][2]"), ("stages", "[[1, 16, 17, 3, 1]]", "stages[0][2]"),
            ("stages", "[[1, 16, 1, 4, 1]]", "odd kernel"), ("stages", "[[1, 16, 1, 9, 1]]", "stages[0][3]"),
            ("stages", "[[1, 16, 1, 3, 3]]", "stages[0][4]"), ("stages", "[[1, 16, 1, 3, 0]]", "stages[0][4]"),
            ("stages", "[[1, 16, 1, 3, 1]]", "has 0 blocks of stride 2; 4"),
            ("stages", "[[1, 16, 1, 3, 2], [1, 16, 1, 3, 2], [1, 16, 1, 3, 2]]", "has 3 blocks of stride 2; 4"),
            ("stages", "[[1, 8, 1, 3, 2], [1, 8, 1, 3, 2], [1, 8, 1, 3, 2], [1, 8, 1, 3, 2], [1, 8, 1, 3, 2]]", "has 5 blocks"),
            ("stages", "[[64, 8, 1, 3, 2], [64, 8, 1, 3, 2], [64, 8, 1, 3, 2], [64, 8, 1, 3, 2], [1, 8, 1, 3, 1]]", "than 256"),
            ("stages", "[[1, 16384, 1, 3, 2], [1, 8, 16, 3, 2], [1, 8, 1, 3, 2], [1, 8, 1, 3, 2]]", "262144 channels inside"),
        ] as [(String, String?, String)])
    func badSettings(key: String, value: String?, message: String) {
        let failure = Self.failure([key: value])
        #expect(failure.contains(message), "\(failure)")
        #expect(failure.contains("'content_encoder."), "\(failure)")
    }
}

/// A layered motion head and the content encoder it looks through.
@Suite struct LayeredConfigurationTests {
    private static func failure(_ change: (inout [String: JSONValue]) -> Void) throws -> String {
        let document = try JSONParser.parse(try ScratchFolder.fixture("tiny-layered-model/config.json"))
        var members = document.object ?? [:]
        change(&members)
        do {
            let model = try ModelConfiguration(.object(members))
            return "no error: \(model.unet.layeredMotionHead?.pyramidChannels ?? [])"
        } catch { return "\(error)" }
    }

    private static func setting(_ section: String, _ key: String, _ value: JSONValue) throws -> String {
        try failure { members in
            var part = members[section]?.object ?? [:]
            part[key] = value
            members[section] = .object(part)
        }
    }

    @Test func fitsAsItIs() throws {
        #expect(try Self.failure { _ in } == "no error: [4, 6, 8, 10, 12, 16]")
    }

    @Test func needsAPyramid() throws {
        let dino = try JSONParser.parse(try ScratchFolder.fixture("tiny-model/config.json")).object?["content_encoder"]
        let failure = try Self.failure { $0["content_encoder"] = dino }
        #expect(failure.contains("'unet.motion_head.layers' is true, which needs"), "\(failure)")
        #expect(try Self.failure { $0["content_encoder"] = nil }.contains("unet.motion_head.layers"))
    }

    @Test func damagedConfigurationsNeverTrap() throws {
        let bytes = try ScratchFolder.fixture("tiny-layered-model/config.json")
        var mutator = Mutator(seed: 4)
        for _ in 0..<1000 {
            do {
                _ = try ModelConfiguration(json: mutator.mutate(bytes))
            } catch { #expect(error is WeightError, "\(error)") }
        }
    }

    @Test func widthsMustAgree() throws {
        let failure = try Self.setting("unet", "image_embedding_dim", .integer(13))
        #expect(failure.contains("'unet.image_embedding_dim' is 13; the tokens' width"), "\(failure)")
        let cells = try Self.setting("vae", "block_out_channels", .array([4, 4, 4].map { .integer($0) }))
        #expect(cells.contains("vae.block_out_channels"), "\(cells)")
    }
}
