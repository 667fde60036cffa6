import LPTensor
import LPWeights

/// The channels of every block, derived from the configuration.
struct UNetPlan {
    struct Down {
        let inputs: Int
        let outputs: Int
        let attention: Bool
        let isLast: Bool
    }

    struct Up {
        let inputs: Int
        /// Channels of the waiting outputs, in the order in which they are joined.
        let skips: [Int]
        let outputs: Int
        let attention: Bool
        let isLast: Bool
    }

    let first: Int
    let mid: Int
    private(set) var down: [Down] = []
    private(set) var up: [Up] = []

    init(_ configuration: UNetConfiguration) throws {
        let channels = configuration.blockChannels
        guard let first = channels.first, let last = channels.last, configuration.layersPerBlock > 0,
            configuration.downBlocks.count == channels.count, configuration.upBlocks.count == channels.count
        else { throw WeightError.setting(key: "unet.block_out_channels", reason: "does not fit the block types") }
        self.first = first
        mid = last
        var waiting = [first]
        for (index, outputs) in channels.enumerated() {
            let isLast = index == channels.count - 1
            down.append(
                Down(
                    inputs: index == 0 ? first : channels[index - 1], outputs: outputs,
                    attention: configuration.downBlocks[index] == .attention, isLast: isLast))
            waiting += Array(repeating: outputs, count: configuration.layersPerBlock + (isLast ? 0 : 1))
        }
        for (index, outputs) in channels.reversed().enumerated() {
            let skips = Array(waiting.suffix(configuration.layersPerBlock + 1).reversed())
            waiting.removeLast(skips.count)
            up.append(
                Up(
                    inputs: index == 0 ? last : channels[channels.count - index], skips: skips, outputs: outputs,
                    attention: configuration.upBlocks[index] == .attention,
                    isLast: index == channels.count - 1))
        }
    }
}
