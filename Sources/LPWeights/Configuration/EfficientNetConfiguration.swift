/// EfficientNet-Lite: inverted residual blocks, with batch norms folded into the convolutions.
package struct EfficientNetConfiguration: Sendable {
    /// An inverted residual block.
    package struct Block: Sendable {
        package let inputs: Int
        package let outputs: Int
        /// How many times wider the block is inside.
        package let expansion: Int
        /// Side of the depthwise kernel, odd.
        package let kernel: Int
        package let stride: Int

        package var inner: Int { inputs * expansion }
    }

    package let stemChannels: Int
    package let blocks: [Block]
    package let headChannels: Int
    package let colours: ColourStatistics

    /// Channels of the last block, which are the tokens'.
    package var tokenWidth: Int { blocks.last?.outputs ?? stemChannels }

    /// Channels of the features at 1/2, 1/4, 1/8, 1/16 and 1/32 of the photo's sides, and of the head's.
    package var pyramidChannels: [Int] {
        blocks.filter { $0.stride > 1 }.map(\.inputs) + [tokenWidth, headChannels]
    }

    /// Blocks of stride 2: with the stem they come down to 1/32.
    private static let reductions = 4
    private static let largestInner = 1 << 16

    init(_ settings: SettingsReader) throws {
        stemChannels = try settings.integer("stem_channels", Limit.width)
        headChannels = try settings.integer("head_channels", Limit.width)
        colours = try ColourStatistics(settings)
        var blocks: [Block] = []
        var channels = stemChannels
        for index in try settings.elements("stages", count: 1...64).indices {
            let stage = try Self.stage(settings, index)
            guard blocks.count + stage.repeats <= Limit.layers.upperBound else {
                throw settings.failure("stages", "has more than \(Limit.layers.upperBound) blocks")
            }
            for number in 0..<stage.repeats {
                blocks.append(
                    Block(
                        inputs: channels, outputs: stage.channels, expansion: stage.expansion, kernel: stage.kernel,
                        stride: number == 0 ? stage.stride : 1))
                channels = stage.channels
            }
        }
        if let widest = blocks.map(\.inner).max(), widest > Self.largestInner {
            throw settings.failure(
                "stages", "has a block of \(widest) channels inside; at most \(Self.largestInner) can be")
        }
        let reductions = blocks.count { $0.stride > 1 }
        guard reductions == Self.reductions else {
            throw settings.failure(
                "stages", "has \(reductions) blocks of stride 2; \(Self.reductions) are expected, down to 1/32")
        }
        self.blocks = blocks
    }

    /// The most memory that looking at a photo takes: what has been seen so far, and a block's input, inside (before and after the
    /// depthwise convolution) and output.
    package func activationBytes(pixels: Double) -> Double {
        var area = pixels / 4
        var (kept, most) = (0.0, Double(27 + stemChannels) * area)
        for block in blocks {
            let input = Double(block.inputs) * area
            let wide = block.expansion > 1 ? Double(block.inner) * area : 0
            if block.stride > 1 { area /= 4 }
            most = max(most, kept + input + wide + Double(block.inner + block.outputs) * area)
            if block.stride > 1 { kept += input }
        }
        return 4 * max(most, kept + Double(tokenWidth + headChannels) * area)
    }

    /// One row: repeats, channels, expansion, kernel, stride of the first block.
    private static func stage(
        _ settings: SettingsReader, _ index: Int
    ) throws -> (repeats: Int, channels: Int, expansion: Int, kernel: Int, stride: Int) {
        let key = "stages[\(index)]"
        let row = try settings.integers(row: index, of: "stages", [1...64, Limit.width, 1...16, 1...7, 1...2])
        guard row[3] % 2 == 1 else { throw settings.failure("\(key)[3]", "is \(row[3]); an odd kernel is expected") }
        return (row[0], row[1], row[2], row[3], row[4])
    }
}
