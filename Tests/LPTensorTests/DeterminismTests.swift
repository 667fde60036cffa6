import LPTensor
import LPTestSupport
import Testing

/// The same bytes for one, two and three threads, for every operation.
@Suite struct DeterminismTests {
    private func check(_ label: String, _ operation: (Compute) throws -> Tensor) throws {
        let single = try operation(Compute(threads: 1))
        for threads in [2, 3] {
            let compute = Compute(threads: threads)
            for _ in 0..<2 { try expectIdentical(operation(compute), single, label: "\(label), \(threads) threads") }
        }
    }

    @Test func products() throws {
        var random = TestRandom(11)
        let x = try random.tensor([700, 37])
        let (weight, bias) = try (Parameter(random.tensor([130, 37])), random.tensor([130]))
        try check("linear") { try $0.linear(x, weight, bias: bias, activation: .gelu) }
        try check("linear, one row") { try $0.linear(x.slice(0..<1), weight, bias: bias) }
        let image = try random.tensor([3, 19, 17, 24])
        for (kernel, stride) in [(3, 1), (3, 2), (1, 1)] {
            let weight = try ConvolutionWeight(Parameter(random.tensor([40, 24, kernel, kernel])))
            try check("conv2d \(kernel) \(stride)") {
                try $0.conv2d(image, weight, bias: nil, stride: stride, padding: .all(kernel / 2), activation: .silu)
            }
        }
        let taps = try DepthwiseWeight(random.tensor([24, 1, 5, 5]))
        try check("depthwise") {
            try $0.depthwise(image, taps, bias: nil, stride: 1, padding: .all(2), activation: .relu6)
        }
        for (batches, length) in [(50, 16), (3, 200)] {
            let q = try random.tensor([batches, length, 24])
            try check("attention \(length)") { try $0.attention(q, q, q, heads: 2) }
        }
    }

    @Test func norms() throws {
        var random = TestRandom(12)
        let x = try random.tensor([5, 901, 64])
        let (gamma, modulation) = try (random.tensor([64]), random.tensor([5, 128]))
        for scope in [NormScope.frame, .clip] {
            try check("groupNorm") {
                try $0.groupNorm(
                    x, gamma: gamma, beta: gamma, groups: 32, epsilon: 1e-5, scope: scope, scaleShift: modulation,
                    activation: .silu)
            }
        }
        try check("layerNorm") { try $0.layerNorm(x, gamma: gamma, beta: gamma, epsilon: 1e-5) }
    }

    @Test func loops() throws {
        var random = TestRandom(13)
        let x = try random.tensor([5, 901, 64])
        let rows = try random.tensor([5, 64])
        for activation in Activation.allCases { try check("activate") { try $0.activate(x, activation) } }
        try check("sigmoid") { try $0.sigmoid(x) }
        try check("geglu") { try $0.geglu(x) }
        try check("add") { try $0.add(x, x) }
        try check("addInPlace") {
            let copy = try x.copy()
            try $0.addInPlace(copy, x)
            return copy
        }
        try check("addRows") { try $0.addRows(x, rows) }
        try check("scale") { try $0.scale(x, 3) }
        try check("axpby") { try $0.axpby(0.3, x, 0.7, x) }
        try check("concatChannels") { try $0.concatChannels([x, x]) }
        try check("concatFirst") { try $0.concatFirst([x, x]) }
        try check("swapFirstTwo") { try $0.swapFirstTwo(x) }
    }

    @Test func images() throws {
        var random = TestRandom(14)
        let x = try random.tensor([3, 37, 41, 12])
        let flow = try random.tensor([3, 37, 41, 2], scale: 5)
        try check("pixelShuffle") { try $0.pixelShuffle(x, factor: 2) }
        try check("upsampleNearest") { try $0.upsampleNearest(x, height: 74, width: 82) }
        for antialias in [false, true] {
            try check("bilinear") { try $0.resizeBilinear(x, height: 50, width: 20, antialias: antialias) }
            try check("bicubic") { try $0.resizeBicubic(x, height: 20, width: 50, antialias: antialias) }
        }
        for mode in [WarpMode.bilinear, .bicubic] {
            for border in [WarpBorder.clamp, .reflect] {
                try check("warp") { try $0.warp(x, flow: flow, mode: mode, border: border) }
            }
        }
    }
}
