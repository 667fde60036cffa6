import Testing

@testable import LPMedia

@Suite struct MotionMeterTests {
    /// Against scikit-image on torch's resize.
    @Test(arguments: MediaFixtures.lines("ssim.tsv"))
    func equalsScikitImage(_ line: String) throws {
        let field = line.split(separator: "\t").map(String.init)
        let golden = field.dropFirst().compactMap { Double($0) }
        try #require(golden.count == 3)
        let reading = try MotionMeter.measure(count: 4) {
            try ImageReader.read(path: MediaFixtures.path("ssim-\(field[0])-\($0).png"))
        }
        for (found, wanted) in zip(reading.pairs, golden) { #expect(abs(found - wanted) < 1e-4) }
        #expect(abs(reading.ssim - golden.reduce(0, +) / 3) < 1e-4)
    }

    @Test(arguments: ["large", "small"])
    func lumaEqualsTorch(_ name: String) throws {
        let plane = LumaPlane(try ImageReader.read(path: MediaFixtures.path("ssim-\(name)-0.png")))
        let golden = MediaFixtures.bytes("luma-\(name).f32").withUnsafeBytes { bytes in
            (0..<bytes.count / 4).map { bytes.loadUnaligned(fromByteOffset: $0 * 4, as: Float.self) }
        }
        try #require(golden.count == 256)
        for (index, wanted) in golden.enumerated() {
            #expect(abs(plane.values[index / 16 * 16 * 256 + index % 16 * 16] - wanted) < 1e-3)
        }
    }

    @Test func stillClipHasNoMotion() throws {
        let image = try MediaFixtures.frame(0, width: 33, height: 20)
        #expect(abs(try MotionMeter.measure(count: 2) { _ in image }.ssim - 1) < 1e-6)
        #expect(throws: MediaError.self) { try MotionMeter.measure(count: 1) { _ in image } }
        #expect(throws: MediaError.self) { try MotionMeter.measure(count: 0) { _ in image } }
        let dot = try RGBImage.fromPixels([7, 8, 9] as [UInt8], width: 1, height: 1, stride: 3, layout: .rgb)
        #expect(abs(try MotionMeter.measure(count: 2) { _ in dot }.ssim - 1) < 1e-6)
    }

    @Test func resamplesLongClips() {
        #expect(MotionMeter.indices(count: 16, resampled: true) == Array(0..<16))
        #expect(MotionMeter.indices(count: 40, resampled: false).count == 40)
        let picked = MotionMeter.indices(count: 40, resampled: true)
        #expect(picked.count == 16 && picked.first == 0 && picked.last == 39)
        #expect(zip(picked, picked.dropFirst()).allSatisfy { $0 < $1 })
    }

    @Test func levelFollowsTheEdges() throws {
        let edges = [0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.65, 0.6, 0.5]
        func level(_ ssim: Double) throws -> Double { try MotionMeter.level(ssim: ssim, edges: edges) }
        #expect(try level(1) == 1)
        #expect(try level(1.2) == 1)
        #expect(try abs(level(0.95) - 1.5) < 1e-9)
        #expect(try abs(level(0.925) - 2) < 1e-9)
        #expect(try abs(level(0.775) - 5) < 1e-9)
        #expect(try abs(level(0.5) - 9.5) < 1e-9)
        #expect(try abs(level(0.475) - 9.75) < 1e-9)
        #expect(try level(0) == 10)
        #expect(try level(-1) == 10)
        var last = 0.0
        for step in 0...200 {
            let found = try level(1 - Double(step) / 200)
            #expect(found >= last)
            last = found
        }
        let flat = [Double](repeating: 0.7, count: 9)
        #expect(try MotionMeter.level(ssim: 0.8, edges: flat) >= 1)
        for bad in [[], [0.9], edges.reversed(), edges.dropLast() + [.nan], [2] + edges.dropFirst()] as [[Double]] {
            #expect(throws: MediaError.self) { try MotionMeter.level(ssim: 0.5, edges: bad) }
        }
        #expect(throws: MediaError.self) { try MotionMeter.level(ssim: .nan, edges: edges) }
    }
}
