import LPTensor
import LPTestSupport
import Testing

/// Against PyTorch's results for the same inputs (Tests/Reference/tensor_fixtures.py).
@Suite struct GoldenTests {
    let compute = Compute(threads: 2)

    @Test func warp() throws {
        let golden = try GoldenFile("tensor/warp.json")
        let image = try golden["image"]
        for (mode, modeName) in [(WarpMode.bilinear, "bilinear"), (.bicubic, "bicubic")] {
            for (border, borderName) in [(WarpBorder.clamp, "clamp"), (.reflect, "reflect")] {
                let name = "\(modeName).\(borderName)"
                let all = try compute.warp(image, flow: golden["flow"], mode: mode, border: border)
                try expectClose(all, golden[name], label: name, tolerance: 3e-6)
                let one = try compute.warp(image.slice(0..<1), flow: golden["flow"], mode: mode, border: border)
                try expectClose(one, golden[name + ".one"], label: name + ".one", tolerance: 3e-6)
            }
        }
    }

    @Test func resize() throws {
        let golden = try GoldenFile("tensor/resize.json")
        let x = try golden["x"]
        for (height, width) in [(5, 4), (13, 20), (7, 9), (3, 17), (1, 1), (2, 3)] {
            let size = "\(height)x\(width)"
            try expectIdentical(
                compute.upsampleNearest(x, height: height, width: width), golden["nearest.\(size)"], label: size)
            for antialias in [false, true] {
                let name = "\(antialias ? "smooth" : "plain").\(size)"
                try expectClose(
                    compute.resizeBilinear(x, height: height, width: width, antialias: antialias),
                    golden["bilinear.\(name)"], label: "bilinear.\(name)", tolerance: 2e-6)
                try expectClose(
                    compute.resizeBicubic(x, height: height, width: width, antialias: antialias),
                    golden["bicubic.\(name)"], label: "bicubic.\(name)", tolerance: 2e-6)
            }
        }
    }

    @Test(arguments: [2, 3]) func pixelShuffle(factor: Int) throws {
        let golden = try GoldenFile("tensor/pixel_shuffle.json")
        try expectIdentical(compute.pixelShuffle(golden["x.\(factor)"], factor: factor), golden["y.\(factor)"])
    }

    @Test func norms() throws {
        let golden = try GoldenFile("tensor/norm.json")
        let (x, gamma, beta) = try (golden["x"], golden["gamma"], golden["beta"])
        func norm(_ scope: NormScope, _ modulation: Tensor? = nil, _ activation: Activation = .none) throws -> Tensor {
            try compute.groupNorm(
                x, gamma: gamma, beta: beta, groups: 4, epsilon: 1e-5, scope: scope, scaleShift: modulation,
                activation: activation)
        }
        let modulation = try golden["modulation"]
        try expectClose(norm(.frame), golden["frame"], label: "frame", tolerance: 2e-6)
        try expectClose(norm(.clip), golden["clip"], label: "clip", tolerance: 2e-6)
        try expectClose(norm(.frame, nil, .silu), golden["frame.silu"], label: "frame.silu", tolerance: 2e-6)
        try expectClose(norm(.frame, modulation), golden["frame.modulated"], label: "modulated", tolerance: 2e-6)
        try expectClose(
            norm(.clip, modulation, .silu), golden["clip.modulated.silu"], label: "clip.modulated", tolerance: 2e-6)
        try expectClose(
            compute.layerNorm(x, gamma: gamma, beta: beta, epsilon: 1e-6), golden["layer"], label: "layer",
            tolerance: 2e-6)
    }

    @Test func activations() throws {
        let golden = try GoldenFile("tensor/activations.json")
        let x = try golden["x"]
        let cases: [(String, Tensor)] = try [
            ("gelu", compute.activate(x, .gelu)), ("quickGELU", compute.activate(x, .quickGELU)),
            ("silu", compute.activate(x, .silu)), ("relu", compute.activate(x, .relu)),
            ("sigmoid", compute.sigmoid(x)),
        ]
        for (name, actual) in cases {
            let expected = try golden[name]
            for index in 0..<x.count {
                let (at, a, b) = (
                    Double(x.pointer[index]), Double(actual.pointer[index]), Double(expected.pointer[index])
                )
                // Each value to 1e-6 of its own and what rounding of the exponent costs (|x| ulp), but for the far tail,
                // where exp stops at 1e-38. The tail of erf is that of a single-precision erf.
                let own = 1e-6 * abs(b) + 1.2e-7 * abs(at * b) + 1e-33 + (name == "gelu" ? 2e-8 * min(abs(at), 6) : 0)
                #expect(abs(a - b) <= own, "\(name)(\(at)) = \(a), not \(b)")
            }
        }
        try expectClose(compute.geglu(golden["pair"]), golden["geglu"], label: "geglu", tolerance: 1e-6)
    }

    @Test func convolution() throws {
        let golden = try GoldenFile("tensor/convolution.json")
        let cases: [(String, Int, Padding)] = [
            ("same", 1, .all(1)), ("half", 2, .all(1)), ("uneven", 2, Padding(top: 0, left: 0, bottom: 1, right: 1)),
            ("patch", 4, .zero), ("point", 1, .zero), ("wide", 1, Padding(top: 3, left: 2, bottom: 3, right: 2)),
        ]
        for (name, stride, padding) in cases {
            let weight = try ConvolutionWeight(Parameter(golden["\(name).weight"]))
            let y = try compute.conv2d(
                golden["\(name).x"], weight, bias: golden["\(name).bias"], stride: stride, padding: padding)
            try expectClose(y, golden["\(name).y"], label: name, tolerance: 2e-6)
        }
    }

    @Test func attention() throws {
        let golden = try GoldenFile("tensor/attention.json")
        let cases = [
            ("self", 3, false), ("causal", 2, true), ("cross", 1, false), ("shared", 2, false),
            ("causal.long", 2, true),
        ]
        for (name, heads, causal) in cases {
            let y = try compute.attention(
                golden["\(name).q"], golden["\(name).k"], golden["\(name).v"], heads: heads, causal: causal)
            try expectClose(y, golden["\(name).y"], label: name, tolerance: 3e-6)
        }
    }
}
