import LPTensor
import LPTestSupport
import Testing

/// Nothing that a caller can pass traps; what does not fit is an error that names the shapes.
@Suite struct ShapeErrorTests {
    let compute = Compute(threads: 2)

    @Test func sizesThatCannotBe() {
        #expect(throws: TensorError.outOfMemory(bytes: .max)) { try Tensor(uninitialized: [.max, .max]) }
        #expect(throws: TensorError.outOfMemory(bytes: .max)) { try Tensor(uninitialized: [.max]) }
        #expect(throws: TensorError.outOfMemory(bytes: .max)) { try Tensor(uninitialized: [0, .max, .max]) }
        #expect(throws: TensorError.outOfMemory(bytes: 1 << 58)) { try Tensor(uninitialized: [1 << 56]) }
        #expect(throws: TensorError.self) { try Tensor(uninitialized: [-1, 4]) }
        #expect(throws: TensorError.self) { try Tensor([1, 2, 3], shape: [2]) }
        #expect(throws: Never.self) { try Tensor(zeros: [0, 5]) }
        #expect(throws: Never.self) { try Tensor(zeros: []) }
    }

    @Test func views() throws {
        let x = try Tensor(zeros: [2, 3])
        #expect(throws: TensorError.self) { try x.reshaped([7]) }
        #expect(throws: TensorError.self) { try x.reshaped([-2, -3]) }
        #expect(throws: TensorError.self) { try x.slice(1..<3) }
        #expect(throws: TensorError.self) { try x.slice(-1..<1) }
        #expect(throws: TensorError.self) { try Tensor(zeros: []).slice(0..<1) }
    }

    @Test func everyOperationRefuses() throws {
        let odd = try [Tensor(zeros: []), Tensor(zeros: [3]), Tensor(zeros: [2, 3]), Tensor(zeros: [2, 5, 3])]
        let weight = try ConvolutionWeight(Parameter(Tensor(zeros: [2, 4, 3, 3])))
        let taps = try DepthwiseWeight(Tensor(zeros: [4, 1, 3, 3]))
        let four = try Tensor(zeros: [4])
        let none = try Tensor(zeros: [9, 9, 0])
        for x in odd {
            let refusals: [() throws -> Tensor] = [
                { try compute.linear(x, Parameter(Tensor(zeros: [3, 7])), bias: nil) },
                { try compute.linear(x, Parameter(x), bias: four) },
                { try compute.conv2d(x, weight, bias: nil, stride: 1, padding: .zero) },
                { try compute.depthwise(x, taps, bias: nil, stride: 1, padding: .zero) },
                { try compute.groupNorm(x, gamma: four, beta: four, groups: 2, epsilon: 0) },
                { try compute.layerNorm(x, gamma: four, beta: four, epsilon: 0) },
                { try compute.attention(x, x, x, heads: 2) },
                { try compute.attention(x, x, x, heads: 0) },
                { try compute.geglu(x) },
                { try compute.add(x, four) },
                { try compute.axpby(1, x, 1, four) },
                { try compute.addRows(x, four) },
                { try compute.concatChannels([x, none]) },
                { try compute.upsampleNearest(x, height: 2, width: 2) },
                { try compute.resizeBilinear(x, height: 2, width: 2, antialias: true) },
                { try compute.resizeBicubic(x, height: 2, width: 2, antialias: true) },
                { try compute.pixelShuffle(x, factor: 2) },
                { try compute.warp(x, flow: x, mode: .bilinear, border: .clamp) },
            ]
            for (index, refusal) in refusals.enumerated() {
                #expect(throws: TensorError.self, "\(index) with \(x.shape)") { try refusal() }
            }
        }
        #expect(throws: TensorError.self) { try compute.concatChannels([]) }
        for shape in [[4], [4, 2, 3, 3], [0, 1, 3, 3], [4, 1, 3]] {
            #expect(throws: TensorError.self) { try DepthwiseWeight(Tensor(zeros: shape)) }
        }
        for (stride, side) in [(0, 1), (1, -1), (.max, 1), (1, .max)] {
            #expect(throws: TensorError.self) {
                try compute.depthwise(Tensor(zeros: [1, 4, 4, 4]), taps, bias: nil, stride: stride, padding: .all(side))
            }
        }
        #expect(throws: TensorError.self) { try compute.concatFirst([]) }
        #expect(throws: TensorError.self) { try compute.swapFirstTwo(four) }
        #expect(throws: TensorError.self) { try ConvolutionWeight(Parameter(Tensor(zeros: [2, 0, 3, 3]))) }
    }

    @Test func sizesOfImages() throws {
        let x = try Tensor(zeros: [1, 4, 4, 4])
        let weight = try ConvolutionWeight(Parameter(Tensor(zeros: [2, 4, 3, 3])))
        for stride in [0, -1, .max] {
            #expect(throws: TensorError.self) {
                try compute.conv2d(x, weight, bias: nil, stride: stride, padding: .zero)
            }
        }
        for padding in [-1, .max, .min] {
            #expect(throws: TensorError.self) {
                try compute.conv2d(x, weight, bias: nil, stride: 1, padding: .all(padding))
            }
        }
        for size in [0, -5, .max] {
            #expect(throws: TensorError.self) { try compute.upsampleNearest(x, height: size, width: 3) }
            #expect(throws: TensorError.self) { try compute.resizeBicubic(x, height: 3, width: size, antialias: false) }
            #expect(throws: TensorError.self) { try compute.pixelShuffle(x, factor: size) }
        }
        #expect(throws: TensorError.self) { try compute.upsampleNearest(x, height: 1 << 24, width: 1 << 24) }
    }

    @Test func emptyIsNoError() throws {
        let none = try Tensor(zeros: [0, 4, 4, 4])
        let weight = try ConvolutionWeight(Parameter(Tensor(zeros: [2, 4, 3, 3])))
        let four = try Tensor(zeros: [4])
        #expect(try compute.conv2d(none, weight, bias: nil, stride: 1, padding: .all(1)).shape == [0, 4, 4, 2])
        #expect(try compute.groupNorm(none, gamma: four, beta: four, groups: 2, epsilon: 0).count == 0)
        #expect(try compute.linear(none, Parameter(Tensor(zeros: [3, 4])), bias: nil).shape == [0, 4, 4, 3])
        #expect(try compute.warp(none, flow: Tensor(zeros: [0, 4, 4, 2]), mode: .bicubic, border: .reflect).count == 0)
        #expect(try compute.swapFirstTwo(none).shape == [4, 0, 4, 4])
        // No inputs at all: a product with an empty inner size is the bias.
        let sum = try compute.linear(
            Tensor(zeros: [2, 0]), Parameter(Tensor(zeros: [4, 0])), bias: Tensor([1, 2, 3, 4], shape: [4]))
        #expect(sum.array == [1, 2, 3, 4, 1, 2, 3, 4])
    }

    @Test func strangeFlowsAreSafe() throws {
        var random = TestRandom(16)
        let image = try random.tensor([1, 5, 6, 3])
        let strange: [Float] = [
            .nan, .infinity, -.infinity, 1e30, -1e30, 1e9, -1e9, 3e8, 0, 1e-30, .greatestFiniteMagnitude,
        ]
        let flow = try Tensor((0..<60).map { strange[$0 % strange.count] }, shape: [1, 5, 6, 2])
        for mode in [WarpMode.bilinear, .bicubic] {
            for border in [WarpBorder.clamp, .reflect] {
                let y = try compute.warp(image, flow: flow, mode: mode, border: border)
                #expect(y.array.allSatisfy { abs($0) <= 3 }, "\(mode) \(border)")
            }
        }
    }
}
