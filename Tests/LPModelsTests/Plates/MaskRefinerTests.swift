@testable import LPModels
import LPTensor
import LPTestSupport
import Testing

@Suite struct MaskRefinerTests {
    /// A disc of another colour on the scene, its mask as a network would give it at `cells` a side, and as it should
    /// be.
    private func disc(_ height: Int, _ width: Int, cells: Int) throws -> (photo: Tensor, coarse: Tensor, mask: Tensor) {
        let photo = try PlateScene.photo(height: height, width: width)
        let mask = try PlateScene.disc(height: height, width: width)
        for index in 0..<mask.count where mask.pointer[index] > 0 {
            for (channel, value) in [Float(0.9), 0.2, 0.3].enumerated() { photo.pointer[3 * index + channel] = value }
        }
        let image = try mask.reshaped([1, height, width, 1])
        let compute = Compute(threads: 1)
        // Smaller and back: softer than the cells alone.
        let blurred = try compute.resizeBilinear(image, height: cells * 2 / 3, width: cells * 2 / 3, antialias: true)
        let coarse = try compute.resizeBilinear(blurred, height: cells, width: cells, antialias: false)
        return (photo, try coarse.reshaped([cells, cells]), mask)
    }

    @Test(arguments: [(256, 256, 32), (300, 450, 64), (640, 800, 64)])
    func edgesFollowThePhoto(_ height: Int, _ width: Int, _ cells: Int) throws {
        let (photo, coarse, mask) = try disc(height, width, cells: cells)
        let compute = Compute(threads: 2)
        let refined = try MaskRefiner().refine(coarse, photo: photo, compute)
        let enlarged = try compute.resizeBilinear(
            try coarse.reshaped([1, cells, cells, 1]), height: height, width: width, antialias: false)
        let before = PlateScene.overlap(enlarged, mask)
        let after = PlateScene.overlap(refined, mask)
        #expect(after > before && after > 0.98, "\(before) to \(after)")
        #expect(refined.array.allSatisfy { (0...1).contains($0) })
        let sure = refined.array.filter { $0 == 0 || $0 == 1 }.count
        #expect(Double(sure) > 0.9 * Double(refined.count))
    }

    /// A mask that a network would give of a disc it has only roughly understood: moved and blurred by a tenth of the
    /// side.
    private func blob(_ mask: Tensor, cells: Int, _ compute: Compute) throws -> Tensor {
        let (height, width) = (mask.shape[0], mask.shape[1])
        let moved = try Tensor(zeros: [1, height, width, 1])
        for y in 0..<height {
            for x in width / 20..<width { moved.pointer[y * width + x] = mask.pointer[y * width + x - width / 20] }
        }
        var blurred = try compute.resizeBilinear(moved, height: cells, width: cells, antialias: true)
        for _ in 0..<2 { blurred = try compute.boxMeans(blurred, radius: cells / 11) }
        return try blurred.reshaped([cells, cells])
    }

    /// A white tower with a grey top in a smooth sky, of which the mask knows only the tower; and a pole beside it that goes on to the picture's edge.
    @Test func whatWouldBeLeftOfAThingGoesWithIt() throws {
        let (height, width) = (320, 480)
        let photo = try Tensor(uninitialized: [height, width, 3])
        let mask = try Tensor(zeros: [height / 4, width / 4])
        for y in 0..<height {
            for x in 0..<width {
                let tower = (220..<260).contains(x) && (100..<250).contains(y)
                let top = (226..<254).contains(x) && (88..<100).contains(y)
                let pole = (263..<267).contains(x) && y < 120
                let sky = Float(y) / 2000
                let colour: [Float] = tower ? [0.95, 0.95, 0.9] : top ? [0.42, 0.42, 0.42] : pole ? [0.5, 0.45, 0.4] : [0.1 + sky, 0.2 + sky, 0.4 + sky]
                for c in 0..<3 { photo.pointer[(y * width + x) * 3 + c] = colour[c] }
                if tower { mask.pointer[y / 4 * (width / 4) + x / 4] = 1 }
            }
        }
        let compute = Compute(threads: 2)
        func mean(_ mask: Tensor, _ rows: Range<Int>, _ columns: Range<Int>) -> Float {
            rows.reduce(0) { sum, y in sum + columns.reduce(0) { $0 + mask.pointer[y * width + $1] } } / Float(rows.count * columns.count)
        }
        let thing = try MaskRefiner(isThing: true).refine(mask, photo: photo, compute)
        let region = try MaskRefiner().refine(mask, photo: photo, compute)
        #expect(mean(thing, 90..<98, 230..<250) > 0.9 && mean(region, 90..<98, 230..<250) < 0.5)
        #expect(mean(thing, 10..<80, 263..<267) < 0.1)
        #expect(mean(thing, 110..<240, 226..<254) > 0.95 && mean(thing, 40..<80, 100..<200) == 0)
    }

    @Test func coloursMoveTheOutline() throws {
        let (photo, _, mask) = try disc(240, 320, cells: 64)
        for index in 0..<mask.count where mask.pointer[index] > 0 {
            photo.pointer[3 * index] -= Float((index &* 7919) % 89) / 89 * 0.3
        }
        let compute = Compute(threads: 2)
        let coarse = try blob(mask, cells: 64, compute)
        let refined = PlateScene.overlap(try MaskRefiner().refine(coarse, photo: photo, compute), mask)
        let plain = PlateScene.overlap(
            try MaskRefiner(usesColour: false).refine(coarse, photo: photo, compute), mask)
        #expect(refined > 0.95 && refined > plain + 0.05, "\(plain) to \(refined)")
    }

    @Test func otherThingsOfTheColourStayOutAndPrintsStayIn() throws {
        let (photo, _, mask) = try disc(240, 320, cells: 64)
        func paint(_ rows: Range<Int>, _ columns: Range<Int>, _ colour: [Float]) {
            for y in rows { for x in columns { for c in 0..<3 { photo.pointer[(y * 320 + x) * 3 + c] = colour[c] } } }
        }
        paint(112..<128, 264..<280, [0.9, 0.2, 0.3])  // beside the disc, within reach
        paint(112..<128, 152..<168, [0.3, 0.6, 0.9])  // on it
        let compute = Compute(threads: 2)
        let refined = try MaskRefiner().refine(try blob(mask, cells: 64, compute), photo: photo, compute)
        for y in 112..<128 {
            for x in 264..<280 { #expect(refined.pointer[y * 320 + x] < 0.1) }
            for x in 155..<165 where (115..<125).contains(y) { #expect(refined.pointer[y * 320 + x] > 0.9) }
        }
    }

    @Test func coloursThatDoNotDifferAreNotAsked() throws {
        let (photo, _, mask) = try disc(200, 200, cells: 64)
        for index in 0..<200 * 200 {
            for channel in 0..<3 { photo.pointer[3 * index + channel] = Float((index &* 7919) % 89) / 89 }
        }
        let compute = Compute(threads: 1)
        let coarse = try blob(mask, cells: 64, compute)
        expectIdentical(
            try MaskRefiner().refine(coarse, photo: photo, compute),
            try MaskRefiner(usesColour: false).refine(coarse, photo: photo, compute))
    }

    @Test func nothingStaysNothingAndAllStaysAll() throws {
        let photo = try PlateScene.photo(height: 90, width: 130)
        for value in [Float(0), 0.02, 0.97] {
            let mask = try Tensor([Float](repeating: value, count: 64), shape: [8, 8])
            let refined = try MaskRefiner().refine(mask, photo: photo, Compute(threads: 1))
            #expect(refined.array.allSatisfy { $0 == (value > 0.5 ? 1 : 0) })
        }
    }

    @Test func cancels() throws {
        let (photo, coarse, _) = try disc(100, 100, cells: 20)
        let compute = Compute(threads: 1)
        compute.cancellation.cancel()
        #expect(throws: TensorError.cancelled) { try MaskRefiner().refine(coarse, photo: photo, compute) }
    }

    @Test func specksGo() throws {
        let (photo, coarse, mask) = try disc(200, 200, cells: 40)
        coarse.pointer[2 * 40 + 3] = 1
        coarse.pointer[35 * 40 + 30] = .nan
        coarse.pointer[20 * 40 + 20] = 0
        let refined = try MaskRefiner().refine(coarse, photo: photo, Compute(threads: 1))
        #expect(PlateScene.overlap(refined, mask) > 0.97)
        for y in 0..<30 { for x in 0..<40 { #expect(refined.pointer[y * 200 + x] == 0) } }
        #expect(refined.pointer[100 * 200 + 100] == 1)
    }

    @Test func bytesDoNotDependOnThreads() throws {
        let (photo, coarse, _) = try disc(210, 170, cells: 30)
        let one = try MaskRefiner().refine(coarse, photo: photo, Compute(threads: 1))
        expectIdentical(try MaskRefiner().refine(coarse, photo: photo, Compute(threads: 3)), one)
    }

    @Test(arguments: [(1, 1), (1, 40), (40, 1), (3, 600)])
    func smallPhotosAndWildMasks(_ height: Int, _ width: Int) throws {
        let photo = try PlateScene.photo(height: height, width: width)
        let masks: [[Float]] = [[.nan, 1, 0, .infinity], [0, 0, 0, 0], [1, 1, 1, 1], [-.infinity, 5, -3, 0.5]]
        for values in masks {
            let mask = try Tensor(values, shape: [2, 2])
            let refined = try MaskRefiner().refine(mask, photo: photo, Compute(threads: 1))
            #expect(refined.shape == [height, width])
            #expect(refined.array.allSatisfy { (0...1).contains($0) })
            if values == [1, 1, 1, 1] { #expect(refined.array.allSatisfy { $0 == 1 }) }
        }
    }

    @Test func refusesOtherShapes() throws {
        let photo = try PlateScene.photo(height: 20, width: 20)
        for shape in [[4], [0, 4], [4, 4, 1], [1, 4096]] {
            #expect(throws: TensorError.self) {
                try MaskRefiner().refine(Tensor(zeros: shape), photo: photo, Compute(threads: 1))
            }
        }
    }
}
