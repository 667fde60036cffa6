import CLPKernels
import LPTensor
import LPTestSupport
import Testing

/// Every kernel against its naive twin on odd sizes: 1, 3, primes, just beside the tile sizes.
@Suite struct NaiveTwinTests {
    let compute = Compute(threads: 2)

    @Test(arguments: [
        [1, 1, 1], [1, 3, 2], [3, 5, 7], [17, 33, 31], [257, 65, 19], [300, 7, 64], [5, 1030, 3], [1, 129, 67],
        [2, 70, 300],
        [4, 65, 33], [2100, 3, 5], [4, 70, 129],
        [3, 1, 16],
    ])
    func linear(size: [Int]) throws {
        var random = TestRandom(1)
        let x = try random.tensor([size[0], size[2]])
        let weight = try random.tensor([size[1], size[2]])
        let bias = try random.tensor([size[1]])
        let plain = try Naive.linear(x, weight, bias: nil)
        try expectClose(compute.linear(x, Parameter(weight), bias: nil), plain, label: "\(size)", tolerance: 3e-6)
        let sum = try compute.addRows(plain, bias.reshaped([1, bias.count]))
        for activation in Activation.allCases {
            try expectClose(
                compute.linear(x, Parameter(weight), bias: bias, activation: activation),
                Naive.map(sum) { Naive.activation($0, activation) }, label: "\(size) \(activation)", tolerance: 3e-6)
        }
    }

    @Test(arguments: [
        // N, H, W, I, O, kernel, stride, padding
        [1, 1, 1, 1, 1, 3, 1, 1], [2, 3, 5, 3, 7, 3, 1, 1], [1, 17, 13, 5, 11, 3, 1, 1], [2, 8, 8, 16, 16, 3, 1, 1],
        [1, 9, 10, 33, 17, 3, 1, 1], [2, 7, 7, 4, 6, 3, 2, 1], [1, 12, 12, 3, 5, 4, 4, 0], [3, 4, 3, 7, 5, 1, 1, 0],
        [1, 6, 5, 2, 3, 1, 2, 0], [1, 5, 4, 3, 2, 5, 1, 2], [1, 4, 4, 2, 3, 3, 1, 3], [2, 6, 6, 32, 40, 3, 1, 1],
        [1, 33, 18, 16, 20, 3, 1, 1], [1, 5, 6, 64, 65, 3, 1, 0], [1, 3, 3, 130, 37, 3, 1, 2],
        [17, 4, 4, 48, 70, 3, 1, 1],
    ])
    func convolution(size: [Int]) throws {
        var random = TestRandom(2)
        let x = try random.tensor([size[0], size[1], size[2], size[3]])
        let weight = try random.tensor([size[4], size[3], size[5], size[5]])
        let bias = try random.tensor([size[4]])
        let packed = try ConvolutionWeight(Parameter(weight))
        let padding = Padding.all(size[7])
        try expectClose(
            compute.conv2d(x, packed, bias: bias, stride: size[6], padding: padding, activation: .silu),
            Naive.conv2d(x, weight, bias: bias, stride: size[6], padding: padding, activation: .silu),
            label: "\(size)", tolerance: 1e-5)
    }

    @Test(arguments: [
        // N, H, W, C, kernel height, kernel width, stride, top, left, bottom, right
        [1, 1, 1, 1, 3, 3, 1, 1, 1, 1, 1], [2, 5, 7, 3, 3, 3, 1, 1, 1, 1, 1], [1, 8, 8, 17, 3, 3, 2, 0, 0, 1, 1],
        [1, 9, 6, 64, 5, 5, 2, 2, 1, 2, 2], [3, 4, 5, 96, 5, 5, 1, 2, 2, 2, 2], [1, 13, 11, 131, 7, 7, 3, 3, 3, 3, 3],
        [1, 2, 3, 20, 7, 5, 1, 3, 2, 3, 2], [1, 6, 6, 33, 1, 1, 2, 0, 0, 0, 0], [1, 4, 4, 16, 3, 2, 1, 4, 5, 0, 3],
        [2, 40, 31, 48, 3, 3, 1, 1, 1, 1, 1],
    ])
    func depthwise(size: [Int]) throws {
        var random = TestRandom(19)
        let x = try random.tensor([size[0], size[1], size[2], size[3]], scale: 3)
        let weight = try random.tensor([size[3], 1, size[4], size[5]])
        let bias = try random.tensor([size[3]])
        let padding = Padding(top: size[7], left: size[8], bottom: size[9], right: size[10])
        for (bias, activation) in [(nil, .none), (bias, .relu6)] as [(Tensor?, Activation)] {
            try expectClose(
                compute.depthwise(
                    x, DepthwiseWeight(weight), bias: bias, stride: size[6], padding: padding, activation: activation),
                Naive.depthwise(x, weight, bias: bias, stride: size[6], padding: padding, activation: activation),
                label: "\(size)", tolerance: 3e-6)
        }
    }

    @Test func samePadding() {
        #expect(Padding.same(height: 8, width: 7, kernel: 3, stride: 2) == Padding(top: 0, left: 1, bottom: 1, right: 1))
        #expect(Padding.same(height: 8, width: 9, kernel: 5, stride: 2) == Padding(top: 1, left: 2, bottom: 2, right: 2))
        #expect(Padding.same(height: 1, width: 5, kernel: 7, stride: 1) == .all(3))
        #expect(Padding.same(height: 3, width: 3, kernel: 1, stride: 2) == .zero)
    }

    /// Weights of a mapped file go other ways through the same operations.
    @Test(arguments: [
        [1, 5, 3, 3, 7, 3, 1, 1], [2, 9, 10, 5, 6, 3, 2, 1], [3, 4, 3, 7, 5, 1, 1, 0], [1, 12, 12, 3, 5, 4, 4, 0],
        [1, 33, 18, 16, 20, 3, 1, 1], [17, 4, 4, 48, 70, 3, 1, 1], [3, 19, 10, 33, 64, 3, 1, 1],
        [1, 8, 8, 20, 20, 3, 1, 1], [1, 16, 16, 300, 33, 3, 1, 1],
    ])
    func mappedConvolution(size: [Int]) throws {
        var random = TestRandom(2)
        let x = try random.tensor([size[0], size[1], size[2], size[3]])
        let weight = try random.tensor([size[4], size[3], size[5], size[5]])
        let bias = try random.tensor([size[4]])
        let stored = try Parameter(
            shape: weight.shape, precision: .float32, pointer: UnsafeRawPointer(weight.pointer), owner: Holder(weight),
            mapped: true)
        let padding = Padding.all(size[7])
        let single = try Compute(threads: 1).conv2d(
            x, ConvolutionWeight(stored), bias: bias, stride: size[6], padding: padding, activation: .silu)
        try expectClose(
            single, Naive.conv2d(x, weight, bias: bias, stride: size[6], padding: padding, activation: .silu),
            label: "\(size)", tolerance: size[3] > 128 ? 3e-5 : 1e-5)
        try expectIdentical(
            compute.conv2d(
                x, ConvolutionWeight(stored), bias: bias, stride: size[6], padding: padding, activation: .silu), single,
            label: "\(size), two threads")
    }

    private final class Holder {
        let tensor: Tensor
        init(_ tensor: Tensor) { self.tensor = tensor }
    }

    @Test func weightsAreCheckedWhenTheyAreUsed() throws {
        struct Fault: Error {}
        let values = try Tensor([1, 2], shape: [1, 2])
        let bad = try Parameter(
            shape: [1, 2], precision: .float32, pointer: UnsafeRawPointer(values.pointer), owner: Holder(values),
            mapped: true, check: DeferredCheck { throw Fault() })
        #expect(throws: Fault.self) { try bad.floats() }
        #expect(throws: Fault.self) { try bad.rows(0..<1) }
        #expect(throws: Fault.self) { try compute.linear(Tensor([1, 2], shape: [1, 2]), bad, bias: nil) }
        #expect(throws: TensorError.self) { try Parameter(values).rows(0..<2) }
        #expect(try Parameter(values).rows(0..<1).array == [1, 2])
    }

    @Test(arguments: [
        [1, 1, 4, 2], [2, 3, 12, 3], [3, 37, 10, 5], [1, 600, 64, 32], [2, 130, 96, 8], [5, 1, 7, 1],
    ])
    func groupNorm(size: [Int]) throws {
        var random = TestRandom(3)
        let columns = size[2]
        // A mean far from zero, which a one-pass variance would lose.
        let x = try Naive.map(random.tensor([size[0], size[1], columns])) { $0 + 100 }
        let (gamma, beta) = try (random.tensor([columns]), random.tensor([columns]))
        for scope in [NormScope.frame, .clip] {
            for modulation in try [nil, random.tensor([size[0], 2 * columns]), random.tensor([1, 2 * columns])] {
                // The input itself has 24 bits around 100; what is left of them is what the comparison can ask.
                try expectClose(
                    compute.groupNorm(
                        x, gamma: gamma, beta: beta, groups: size[3], epsilon: 1e-3, scope: scope,
                        scaleShift: modulation,
                        activation: .silu),
                    Naive.groupNorm(
                        x, gamma: gamma, beta: beta, groups: size[3], epsilon: 1e-3, scope: scope,
                        scaleShift: modulation,
                        activation: .silu),
                    label: "\(size) \(scope)", tolerance: 3e-5)
            }
        }
    }

    @Test(arguments: [[1, 1], [3, 2], [7, 33], [300, 129], [1, 5]])
    func layerNorm(size: [Int]) throws {
        var random = TestRandom(4)
        let x = try random.tensor(size, scale: 3)
        let (gamma, beta) = try (random.tensor([size[1]]), random.tensor([size[1]]))
        try expectClose(
            compute.layerNorm(x, gamma: gamma, beta: beta, epsilon: 1e-5),
            Naive.layerNorm(x, gamma: gamma, beta: beta, epsilon: 1e-5), label: "\(size)", tolerance: 1e-5)
    }

    @Test(arguments: [
        // B, Bk, Lq, Lk, D, heads
        [1, 1, 1, 1, 1, 1], [3, 3, 3, 3, 6, 2], [4, 2, 5, 7, 9, 3], [6, 1, 16, 16, 64, 2], [7, 7, 17, 17, 40, 1],
        [2, 1, 9, 64, 34, 2], [2, 2, 13, 65, 10, 1], [1, 1, 130, 257, 16, 2], [1, 1, 67, 67, 12, 3],
        [2, 2, 3, 16, 514, 2],
        [40, 8, 16, 16, 96, 3],
    ])
    func attention(size: [Int]) throws {
        var random = TestRandom(5)
        let q = try random.tensor([size[0], size[2], size[4]], scale: 2)
        let k = try random.tensor([size[1], size[3], size[4]], scale: 2)
        let v = try random.tensor([size[1], size[3], size[4]])
        for causal in [false, true] {
            try expectClose(
                compute.attention(q, k, v, heads: size[5], causal: causal),
                Naive.attention(q, k, v, heads: size[5], causal: causal), label: "\(size) \(causal)", tolerance: 5e-6)
        }
    }

    @Test(arguments: [[1, 2], [3, 14], [7, 66], [1000, 130]])
    func geglu(size: [Int]) throws {
        var random = TestRandom(6)
        let x = try random.tensor(size, scale: 5)
        try expectClose(compute.geglu(x), Naive.geglu(x), label: "\(size)", tolerance: 1e-6)
    }

    @Test(arguments: [1, 3, 17, 32768, 70001])
    func elementwise(count: Int) throws {
        var random = TestRandom(7)
        let (a, b) = try (random.tensor([count], scale: 4), random.tensor([count], scale: 4))
        func paired(_ body: (Float, Float) -> Float) throws -> Tensor {
            try Tensor(zip(a.array, b.array).map(body), shape: [count])
        }
        try expectIdentical(compute.add(a, b), paired { $0 + $1 }, label: "add")
        try expectIdentical(compute.scale(a, 0.3), paired { x, _ in x * 0.3 }, label: "scale")
        try expectClose(compute.axpby(2, a, -3, b), paired { 2 * $0 - 3 * $1 }, label: "axpby", tolerance: 1e-6)
        try expectClose(
            compute.sigmoid(a), Naive.map(a) { Naive.activation($0, .silu) / $0 }, label: "sigmoid", tolerance: 1e-6)
        for activation in Activation.allCases {
            try expectClose(
                compute.activate(a, activation), Naive.map(a) { Naive.activation($0, activation) },
                label: "\(activation)", tolerance: 1e-6)
        }
        let sum = try a.copy()
        try compute.addInPlace(sum, b)
        try expectIdentical(sum, paired { $0 + $1 }, label: "addInPlace")
    }

    /// The instruction sets that this processor has, not only the best of them.
    @Test(arguments: [[1, 1], [3, 17], [8, 16], [21, 33]])
    func panelProducts(size: [Int]) throws {
        var random = TestRandom(18)
        let (rows, inner) = (size[0], size[1])
        let (a, b) = try (random.tensor([rows, inner]), random.tensor([inner, 32]))
        let transposed = try Tensor(
            (0..<32 * inner).map { b.pointer[$0 % inner * 32 + $0 / inner] }, shape: [32, inner])
        let expected = try Naive.linear(a, transposed, bias: nil)
        for level in 0...clp_processor_level() {
            let result = try Tensor(zeros: [rows, 32])
            clp_panel_product(level, a.pointer, rows, inner, b.pointer, result.pointer)
            expectClose(result, expected, label: "\(size), level \(level)", tolerance: 2e-6)
        }
    }

    @Test func widening() throws {
        let halves: [Float16] = [0, -0.0, 1, -2.5, 65504, 6e-8, -6e-8, 3.1e-5, .infinity, 0.333]
        let owner = Tensor.Owner(bytes: halves.flatMap { [UInt8($0.bitPattern & 255), UInt8($0.bitPattern >> 8)] })
        let half = try Parameter(shape: [10], precision: .float16, pointer: owner.pointer + 1, owner: owner)
        #expect(try half.floats().array.map(\.bitPattern) == halves.map { Float($0).bitPattern })
        let bfloat = try Parameter(shape: [5], precision: .bfloat16, pointer: owner.pointer + 1, owner: owner)
        #expect(
            try bfloat.floats().array.map(\.bitPattern) == halves.prefix(5).map { UInt32($0.bitPattern) << 16 })
    }
}

extension Tensor {
    /// Bytes at an odd address, as a mapped file may have them.
    final class Owner {
        let pointer: UnsafeMutableRawPointer
        init(bytes: [UInt8]) {
            pointer = .allocate(byteCount: bytes.count + 1, alignment: 16)
            (pointer + 1).copyMemory(from: bytes, byteCount: bytes.count)
        }
        deinit { pointer.deallocate() }
    }
}
