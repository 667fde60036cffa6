import LPModels
import LPTensor
import LPWeights
import Testing

@Suite struct MotionFieldTests {
    private static let modes: [(String, WarpMode, WarpBorder)] = [
        ("bilinear.reflect", .bilinear, .reflect), ("bicubic.reflect", .bicubic, .reflect),
        ("bicubic.clamp", .bicubic, .clamp),
    ]

    private func field(anchored: Bool) throws -> MotionField {
        let motion = MotionOutput(
            dense: try SeededTensor.make("field.dense", [3, 6, 8, 3], factor: 1.5),
            affine: try SeededTensor.make("field.affine", [3, 9], factor: 1.5))
        return try MotionField(motion, flowScale: 0.3, lightScale: 0.5, anchorsFirstFrame: anchored)
    }

    @Test(arguments: [(12, 16, true), (17, 11, false), (5, 33, false)])
    func equalsTheReference(_ height: Int, _ width: Int, _ anchored: Bool) throws {
        let file = try SafetensorsFile(
            path: NetworkFixture.folder.appendingPathComponent("unet/motion_field.safetensors").path)
        func expected(_ name: String) throws -> Tensor {
            try file.floats(try #require(file.entries["\(height)x\(width).\(name)"]))
        }
        let compute = Compute(threads: 2)
        let field = try field(anchored: anchored)
        let (flow, gain) = try field.field(frames: 0..<3, height: height, width: width, compute)
        #expect(try relativeError(flow, expected("flow")) < 1e-5)
        #expect(try relativeError(gain, expected("gain")) < 1e-5)
        var photo = try SeededTensor.make("field.photo\(height)", [1, height, width, 3])
        photo = try Tensor(photo.array.map { ($0 + 1) / 2 }, shape: photo.shape)
        for (name, mode, border) in Self.modes {
            let moved = try field.move(photo, frames: 0..<3, mode: mode, border: border, compute)
            #expect(try relativeError(moved, expected(name)) < 1e-4, "\(name)")
            let alone = try field.move(photo, frame: 2, mode: mode, border: border, compute)
            #expect(try alone.array == moved.slice(2..<3).array)
            if anchored { #expect(try moved.slice(0..<1).array == photo.array) }
        }
    }

    /// The tensor engine's general warp and the fused one agree, clamped bilinear included.
    @Test(arguments: [WarpMode.bilinear, .bicubic], [WarpBorder.clamp, .reflect])
    func equalsTheGeneralWarp(_ mode: WarpMode, _ border: WarpBorder) throws {
        let compute = Compute(threads: 2)
        let field = try field(anchored: false)
        let photo = try SeededTensor.make("photo", [1, 70, 41, 3])
        let (flow, gain) = try field.field(frames: 0..<3, height: 70, width: 41, compute)
        let warped = try compute.warp(photo, flow: flow, mode: mode, border: border)
        let expected = try Tensor(zip(warped.array, gain.array).map { $0 * $1 }, shape: warped.shape)
        let moved = try field.move(photo, frames: 0..<3, mode: mode, border: border, compute)
        #expect(relativeError(moved, expected) < 1e-4)
    }

    @Test func bytesDoNotDependOnThreads() throws {
        let field = try field(anchored: true)
        let photo = try SeededTensor.make("photo", [1, 100, 37, 3])
        let results = try (1...3).map { threads in
            try field.move(photo, frames: 0..<3, mode: .bicubic, border: .reflect, Compute(threads: threads)).array
        }
        #expect(results[0] == results[1])
        #expect(results[0] == results[2])
    }

    /// Whatever the network says, every sample stays in the picture.
    @Test(arguments: [Float.infinity, -.infinity, .nan, 1e30])
    func survivesWildMotion(_ value: Float) throws {
        let compute = Compute(threads: 1)
        let dense = try Tensor([Float](repeating: value, count: 2 * 3 * 4 * 3), shape: [2, 3, 4, 3])
        let affine = try Tensor([Float](repeating: value, count: 18), shape: [2, 9])
        let field = try MotionField(
            MotionOutput(dense: dense, affine: affine), flowScale: 1, lightScale: 1, anchorsFirstFrame: false)
        for (height, width) in [(1, 1), (2, 9), (33, 5)] {
            let photo = try SeededTensor.make("photo", [1, height, width, 3])
            for border in [WarpBorder.clamp, .reflect] {
                for mode in [WarpMode.bilinear, .bicubic] {
                    let moved = try field.move(photo, frame: 1, mode: mode, border: border, compute)
                    #expect(moved.array.allSatisfy { $0.isFinite })
                }
            }
        }
    }

    @Test func refusesWhatDoesNotFit() throws {
        let compute = Compute(threads: 1)
        let field = try field(anchored: true)
        #expect(throws: TensorError.self) {
            try field.move(try Tensor(zeros: [1, 4, 4, 4]), frame: 0, mode: .bilinear, border: .clamp, compute)
        }
        #expect(throws: TensorError.self) {
            try field.move(try Tensor(zeros: [1, 4, 4, 3]), frame: 3, mode: .bilinear, border: .clamp, compute)
        }
        #expect(throws: TensorError.self) {
            try MotionField(
                MotionOutput(dense: try Tensor(zeros: [2, 3, 3, 3]), affine: try Tensor(zeros: [1, 9])), flowScale: 1,
                lightScale: 1, anchorsFirstFrame: false)
        }
    }
}
