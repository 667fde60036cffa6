import LPModels
import LPTensor
import LPTestSupport
import Testing

@Suite struct PlateFillTests {
    @Test func smoothFillEqualsTheReference() throws {
        let file = try GoldenFile("plates/push_pull.json")
        let compute = Compute(threads: 2)
        let names = Set(file.names.map { $0.split(separator: ".").dropLast().joined(separator: ".") })
        #expect(names.count == 6)
        for name in names {
            let filled = try PlateFill.smooth(file["\(name).image"], weight: file["\(name).weight"], compute)
            expectClose(filled, try file["\(name).filled"], label: name, tolerance: 1e-4)
        }
    }

    @Test func smoothFillRefusesOtherShapes() throws {
        let compute = Compute(threads: 1)
        for (image, weight) in [([4, 4, 3], [4, 5]), ([4, 3], [4]), ([0, 4, 3], [0, 4]), ([2, 4, 4, 3], [4, 4])] {
            #expect(throws: TensorError.self) {
                try PlateFill.smooth(Tensor(zeros: image), weight: Tensor(zeros: weight), compute)
            }
        }
    }

    @Test func withoutHoleThePhotoStays() throws {
        let photo = try PlateScene.photo(height: 40, width: 50)
        let hole = try Tensor(zeros: [40, 50])
        for index in 0..<hole.count where index % 3 == 0 { hole.pointer[index] = .nan }
        expectIdentical(try PlateFill().fill(photo, hole: hole, Compute(threads: 1)), photo)
    }

    @Test(arguments: [(96, 128), (61, 47), (700, 500)])
    func fillsTheHoleAndNothingElse(_ height: Int, _ width: Int) throws {
        let photo = try PlateScene.photo(height: height, width: width)
        let hole = try PlateScene.disc(height: height, width: width)
        let marked = try photo.copy()
        for index in 0..<hole.count where hole.pointer[index] > 0 {
            for channel in 0..<3 { marked.pointer[3 * index + channel] = 1 }
        }
        let filled = try PlateFill(growth: 0).fill(marked, hole: hole, Compute(threads: 2))
        var error: Float = 0
        for index in 0..<hole.count {
            for channel in 3 * index..<3 * index + 3 {
                if hole.pointer[index] == 0 {
                    #expect(filled.pointer[channel] == photo.pointer[channel])
                } else {
                    error += abs(filled.pointer[channel] - photo.pointer[channel])
                    #expect(filled.pointer[channel] < 0.95)  // nothing of the thing that was there
                }
            }
        }
        // Grain against other grain of a width of 0.2 is about 0.05 apart.
        let area = hole.array.reduce(0, +)
        #expect(error / (area * 3) < 0.06)
    }

    @Test func growthTakesTheFringe() throws {
        let photo = try PlateScene.photo(height: 80, width: 80)
        let hole = try Tensor(zeros: [80, 80])
        hole.pointer[40 * 80 + 40] = 1
        let filled = try PlateFill(growth: 3).fill(photo, hole: hole, Compute(threads: 1))
        for y in 0..<80 {
            for x in 0..<80 where max(abs(x - 40), abs(y - 40)) > 3 {
                #expect(filled.pointer[(y * 80 + x) * 3] == photo.pointer[(y * 80 + x) * 3])
            }
        }
    }

    @Test func bytesDoNotDependOnThreads() throws {
        let photo = try PlateScene.photo(height: 150, width: 200)
        let hole = try PlateScene.disc(height: 150, width: 200, radius: 0.3)
        let one = try PlateFill().fill(photo, hole: hole, Compute(threads: 1))
        expectIdentical(try PlateFill().fill(photo, hole: hole, Compute(threads: 3)), one)
    }

    /// Too small for patches, or nothing left: smooth, or as it was.
    @Test(arguments: [(1, 1), (1, 30), (30, 1), (5, 6), (8, 8), (40, 9)])
    func smallAndEmptyPictures(_ height: Int, _ width: Int) throws {
        let compute = Compute(threads: 1)
        let photo = try PlateScene.photo(height: height, width: width)
        let all = try Tensor([Float](repeating: 1, count: height * width), shape: [height, width])
        expectIdentical(try PlateFill().fill(photo, hole: all, compute), photo)
        all.pointer[0] = 0
        let filled = try PlateFill(growth: 0).fill(photo, hole: all, compute)
        for index in 0..<filled.count { #expect(filled.pointer[index] == photo.pointer[index % 3]) }
        let half = try Tensor(zeros: [height, width])
        for index in 0..<height * width / 2 { half.pointer[index] = 1 }
        #expect(try PlateFill().fill(photo, hole: half, compute).array.allSatisfy { (0...1).contains($0) })
    }

    @Test func refusesOtherShapesAndStops() throws {
        let compute = Compute(threads: 1)
        let photo = try PlateScene.photo(height: 64, width: 64)
        #expect(throws: TensorError.self) { try PlateFill().fill(photo, hole: Tensor(zeros: [64, 63]), compute) }
        #expect(throws: TensorError.self) {
            try PlateFill().fill(Tensor(zeros: [64, 64, 4]), hole: Tensor(zeros: [64, 64]), compute)
        }
        compute.cancellation.cancel()
        #expect(throws: TensorError.cancelled) {
            try PlateFill().fill(photo, hole: PlateScene.disc(height: 64, width: 64), compute)
        }
    }
}
