import Foundation
import LPModels
import LPTensor
import LPTestSupport
import LPWeights
import Testing

@Suite struct LayerTests {
    /// python: get_timestep_embedding(torch.tensor([0., 999.]), 8, flip_sin_to_cos=True, downscale_freq_shift=0)
    @Test func sinusoidsEqualDiffusers() throws {
        let features = try SinusoidalFeatures.of([0, 999], dimension: 8)
        let expected = try Tensor(
            [
                1, 1, 1, 1, 0, 0, 0, 0, 0.999649823, 0.807455063, -0.844469786, 0.541143537, -0.0264607519,
                -0.589929104, -0.535603166, 0.840930223,
            ],
            shape: [2, 8])
        expectClose(features, expected, tolerance: 1e-6)
    }

    @Test func sinusoidsNeedPairs() {
        for dimension in [7, 0, -2] {
            #expect(throws: TensorError.self) { try SinusoidalFeatures.of([1], dimension: dimension) }
        }
    }

    @Test func pointwiseConvolutionsAreLinear() throws {
        let path = NSTemporaryDirectory() + "/livephoto-layer-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let header = #"{"weight": {"dtype": "F16", "shape": [1, 2, 1, 1], "data_offsets": [0, 4]}}"#
        var bytes = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { [UInt8]($0) } + [UInt8](header.utf8)
        bytes += [0x00, 0x3C, 0x00, 0xC0]  // 1, -2
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        let layer = try Linear(try WeightStore(path: path).root, 2, 1, bias: false)
        #expect(layer.weight.shape == [1, 2])
        #expect(try layer(try Tensor([3, 5], shape: [1, 2]), Compute(threads: 1)).array == [-7])
    }
}
