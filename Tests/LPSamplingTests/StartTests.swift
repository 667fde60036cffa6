import LPTensor
import Testing

@testable import LPSampling

struct StartTests {
    let compute = Compute(threads: 1)

    @Test func priorOfEachFrame() throws {
        let inverted = try Tensor([1, -1], shape: [1, 2])
        let noise = try Tensor([0, 0, 2, 2, 4, 4], shape: [3, 2])
        let prior = try PriorInversion(first: 0.5, last: 0.25)
        let mixed = try prior.mixed(inverted: inverted, noise: noise, compute: compute)
        #expect(mixed.shape == [3, 2])
        #expect(mixed.array == [0.5, -0.5, 1.625, 0.875, 3.25, 2.75])
        #expect(prior.alpha(frame: 0, of: 1) == 0.5)
    }

    @Test func variancePreserving() throws {
        let inverted = try Tensor([1], shape: [1, 1])
        let noise = try Tensor([1, 1], shape: [2, 1])
        let prior = try PriorInversion(first: 0.6, last: 0, variancePreserving: true)
        let mixed = try prior.mixed(inverted: inverted, noise: noise, compute: compute).array
        #expect(abs(mixed[0] - 1.4) < 1e-6)
        #expect(mixed[1] == 1)
    }

    @Test func priorRefuses() throws {
        for (first, last) in [(-0.1, 0), (0, 1.1), (.nan, 0)] {
            #expect(throws: SamplingError.self) { try PriorInversion(first: first, last: last) }
        }
        let prior = try PriorInversion(first: 0.1, last: 0.1)
        let noise = try Tensor([1, 2, 3, 4], shape: [2, 2])
        for shape in [[2, 2], [1, 4], [4]] {
            let inverted = try Tensor([Float](repeating: 0, count: shape.reduce(1, *)), shape: shape)
            #expect(throws: TensorError.self) { try prior.mixed(inverted: inverted, noise: noise, compute: compute) }
        }
    }

    @Test func guidance() throws {
        let negative = try Tensor([1, 2], shape: [2])
        let positive = try Tensor([2, 0], shape: [2])
        for (scale, values) in [(3.0, [4, -4] as [Float]), (1, [2, 0]), (0, [1, 2])] {
            let guidance = Guidance(scale: scale)
            #expect(try guidance.combined(negative: negative, positive: positive, compute: compute).array == values)
        }
        #expect(!Guidance(scale: 1).isOn)
    }

    @Test func rescaledGuidanceIsDiffusers() throws {
        let golden = try SamplerTests.fixtures.get().rescaledGuidance
        let negative = try Tensor(golden.negative, shape: [2, 5])
        let positive = try Tensor(golden.positive, shape: [2, 5])
        let guidance = Guidance(scale: 7.5, rescale: 0.7)
        let found = try guidance.combined(negative: negative, positive: positive, compute: compute).array
        #expect(SamplerTests.distance(found, golden.result) < 1e-6)
        // Nothing to bring back where all is one value.
        let flat = try Tensor([1, 1], shape: [2])
        #expect(try guidance.combined(negative: flat, positive: flat, compute: compute).array == [1, 1])
    }
}
