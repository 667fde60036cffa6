import LPTensor
import Testing

@testable import LPModels
@testable import LPPipeline

/// A camera that passes by what stands in a photo.
@Suite struct ReliefTests {
    private let height = 128, width = 192
    private let post = (rows: 20..<110, columns: 90..<102)

    /// A red post before green stripes.
    private func scene() throws -> (photo: Tensor, depth: Tensor) {
        let photo = try Tensor(uninitialized: [1, height, width, 3])
        let depth = try Tensor(uninitialized: [height / 2, width / 2])
        for row in 0..<height {
            for column in 0..<width {
                let stands = post.rows.contains(row) && post.columns.contains(column)
                let colour: [Float] = stands ? [0.9, 0.1, 0.1] : [0.1, (column / 6) % 2 == 0 ? 0.5 : 0.7, 0.2]
                for channel in 0..<3 { photo.pointer[(row * width + column) * 3 + channel] = colour[channel] }
                depth.pointer[row / 2 * (width / 2) + column / 2] = stands ? 0.9 : 0.1
            }
        }
        return (photo, depth)
    }

    private func passed(_ photo: Tensor, _ depth: Tensor, by amount: Float, relief: Bool = true) throws -> Tensor {
        let compute = Compute(threads: 2)
        var script = MotionScript.quiet
        script.shape[4 * TimeBasis.count] = amount
        let moment = script.frame(at: 1, loops: false)
        let reach = MotionMoment.parallax([moment], extent: 1.3)
        #expect(abs(reach.x - abs(amount)) < 1e-3 && reach.y == 0)
        let layered = try LayeredPhoto(
            height: height, width: width, canvas: photo, left: 0, top: 0, object: nil, region: nil, depth: depth,
            relief: relief ? try Relief(depth: depth, photo: photo, reach: reach, compute) : nil)
        return try layered.frame(moment, bicubic: true, compute)
    }

    /// Columns of a row that are red.
    private func red(_ frame: Tensor, _ row: Int) -> [Int] {
        (0..<width).filter {
            let pixel = frame.pointer + (row * width + $0) * 3
            return pixel[0] > pixel[1]
        }
    }

    @Test(arguments: [Float(0.3), -0.3, 0.12])
    func aPostStaysUprightAndWhole(_ amount: Float) throws {
        let (photo, depth) = try scene()
        let frame = try passed(photo, depth, by: amount)
        let unit = (Float(height) * Float(width)).squareRoot() / 2
        let wanted = Float(95.5) + amount * 0.4 * unit  // depth 0.9
        let middles = (24..<106).map { row -> Float in
            let columns = red(frame, row)
            #expect(abs(columns.count - post.columns.count) <= 2, "row \(row): \(columns)")
            return Float(columns.reduce(0, +)) / Float(max(columns.count, 1))
        }
        // It leans a little, but is not bent.
        let (top, foot) = (middles[0], middles[middles.count - 1])
        for (row, middle) in middles.enumerated() {
            let straight = top + (foot - top) * Float(row) / Float(middles.count - 1)
            #expect(abs(middle - straight) < 1.2, "row \(row): \(middle), \(straight) wanted")
        }
        #expect((foot - top) * amount > -0.5 && abs(foot - top) < 0.15 * abs(amount) * unit + 1)
        #expect(abs(middles[middles.count / 2] - wanted) < 0.15 * abs(amount) * unit + 1)
        #expect(red(frame, 5).isEmpty && red(frame, 120).isEmpty)
    }

    @Test func whatItHidIsLikeWhatIsBesideIt() throws {
        let (photo, depth) = try scene()
        let frame = try passed(photo, depth, by: 0.4)
        // Stripes go on where the post stood: both of their greens, and no third colour.
        let row = 64
        let revealed = (84..<104).filter { !red(frame, row).contains($0) }.map { frame.pointer[(row * width + $0) * 3 + 1] }
        #expect(revealed.count > 8)
        #expect(revealed.contains { $0 < 0.56 } && revealed.contains { $0 > 0.64 })
    }

    @Test func whereNothingStandsOutTheMiddleIsWhereTheDepthSays() throws {
        let (photo, _) = try scene()
        let flat = try Tensor(uninitialized: [height / 2, width / 2])
        flat.pointer.update(repeating: 0.5, count: flat.count)
        let (with, without) = (try passed(photo, flat, by: 0.3), try passed(photo, flat, by: 0.3, relief: false))
        for index in 63 * width * 3..<65 * width * 3 { #expect(abs(with.pointer[index] - without.pointer[index]) < 0.02) }
    }

    @Test func depthThatIsNoNumberDoesNoHarm() throws {
        let (photo, depth) = try scene()
        for index in stride(from: 0, to: depth.count, by: 7) { depth.pointer[index] = .nan }
        let frame = try passed(photo, depth, by: 0.3)
        #expect(frame.array.allSatisfy { $0.isFinite })
    }

    @Test func whatIsNarrowStandsOnItsFoot() throws {
        let (photo, depth) = try scene()
        // Networks take what is higher up for farther away: a tower would bend.
        for row in post.rows.lowerBound / 2..<post.rows.upperBound / 2 {
            for column in post.columns.lowerBound / 2..<post.columns.upperBound / 2 {
                depth.pointer[row * (width / 2) + column] = 0.5 + 0.4 * Float(2 * row - post.rows.lowerBound) / Float(post.rows.count)
            }
        }
        let frame = try passed(photo, depth, by: 0.3)
        let middles = (24..<106).map { row -> Float in
            let columns = red(frame, row)
            return Float(columns.reduce(0, +)) / Float(max(columns.count, 1))
        }
        // Bent by its depth it would go 9 pixels aside from top to foot.
        #expect(middles.max()! - middles.min()! < 4.5, "\(middles)")
    }

    @Test func theTipOfAMastGoesAlong() throws {
        let (photo, depth) = (try Tensor(uninitialized: [1, height, width, 3]), try Tensor(uninitialized: [height / 2, width / 2]))
        let (tip, body) = (20..<34, 34..<110)
        for row in 0..<height {
            for column in 0..<width {
                let stands = tip.contains(row) && (94..<97).contains(column) || body.contains(row) && post.columns.contains(column)
                for (channel, value) in [stands ? 0.9 : 0.1, stands ? 0.1 : 0.3, 0.2].enumerated() { photo.pointer[(row * width + column) * 3 + channel] = Float(value) }
                // Too thin for the network.
                depth.pointer[row / 2 * (width / 2) + column / 2] = body.contains(row) && post.columns.contains(column) ? 0.9 : 0.1
            }
        }
        let frame = try passed(photo, depth, by: 0.3)
        let below = red(frame, 60)
        let middle = Float(below.reduce(0, +)) / Float(below.count)
        #expect(middle > 100)
        for row in 23..<33 {
            let columns = red(frame, row)
            #expect(!columns.isEmpty && columns.allSatisfy { abs(Float($0) - middle) < 5 }, "row \(row): \(columns), about \(middle) wanted")
        }
    }
}
