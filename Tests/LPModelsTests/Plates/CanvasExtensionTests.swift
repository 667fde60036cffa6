import LPModels
import LPTensor
import LPTestSupport
import Testing

@Suite struct CanvasExtensionTests {
    private typealias Margins = CanvasExtension.Margins

    @Test func withoutMarginsThePhotoStays() throws {
        let photo = try PlateScene.photo(height: 30, width: 40).reshaped([1, 30, 40, 3])
        expectIdentical(try CanvasExtension().extend(photo, by: Margins(), Compute(threads: 1)), photo)
    }

    @Test(arguments: [
        Margins(left: 20, top: 10, right: 5, bottom: 0), Margins(bottom: 33),
        Margins(left: 33, top: 33, right: 33, bottom: 33),
    ])
    func photoStaysAndMarginsContinueIt(_ margins: CanvasExtension.Margins) throws {
        let photo = try PlateScene.photo(height: 96, width: 120)
        let canvas = try CanvasExtension().extend(photo, by: margins, Compute(threads: 2))
        let (rows, columns) = (96 + margins.top + margins.bottom, 120 + margins.left + margins.right)
        #expect(canvas.shape == [rows, columns, 3])
        for y in 0..<rows {
            for x in 0..<columns {
                let (py, px) = (y - margins.top, x - margins.left)
                let pixel = canvas.pointer + (y * columns + x) * 3
                if (0..<96).contains(py), (0..<120).contains(px) {
                    for channel in 0..<3 { #expect(pixel[channel] == photo.pointer[(py * 120 + px) * 3 + channel]) }
                } else if py < 40 {
                    #expect(pixel[2] > 0.7, "sky at \(px), \(py)")
                } else if py > 56 {
                    #expect(pixel[2] < 0.4, "ground at \(px), \(py)")
                }
            }
        }
        #expect(canvas.array.allSatisfy { (0.1...0.9).contains($0) })
    }

    /// A thing at the left edge does not come a second time.
    @Test func avoidsTheThing() throws {
        let photo = try PlateScene.photo(height: 100, width: 100)
        let thing = try Tensor(zeros: [100, 100])
        for y in 30..<70 {
            for x in 4..<30 {
                thing.pointer[y * 100 + x] = 1
                for (channel, value) in [Float(1), 0, 0].enumerated() {
                    photo.pointer[(y * 100 + x) * 3 + channel] = value
                }
            }
        }
        let canvas = try CanvasExtension().extend(photo, by: Margins(left: 30), avoiding: thing, Compute(threads: 1))
        for y in 0..<100 { for x in 0..<30 { #expect(canvas.pointer[(y * 130 + x) * 3] < 0.8) } }
        // All of the photo is the thing: then it has to do.
        let all = try Tensor([Float](repeating: 1, count: 10000), shape: [100, 100])
        let plain = try CanvasExtension().extend(photo, by: Margins(left: 30), Compute(threads: 1))
        expectIdentical(
            try CanvasExtension().extend(photo, by: Margins(left: 30), avoiding: all, Compute(threads: 1)), plain)
    }

    @Test func bytesDoNotDependOnThreads() throws {
        let photo = try PlateScene.photo(height: 130, width: 90)
        let margins = Margins(left: 30, top: 31, right: 8, bottom: 12)
        let one = try CanvasExtension().extend(photo, by: margins, Compute(threads: 1))
        expectIdentical(try CanvasExtension().extend(photo, by: margins, Compute(threads: 4)), one)
    }

    @Test(arguments: [(1, 1), (1, 20), (20, 1), (7, 7), (9, 60)])
    func smallPhotos(_ height: Int, _ width: Int) throws {
        let photo = try PlateScene.photo(height: height, width: width)
        let most = CanvasExtension.largestMargin(height: height, width: width)
        let margins = Margins(left: most, top: most, right: most, bottom: most)
        let canvas = try CanvasExtension().extend(photo, by: margins, Compute(threads: 1))
        #expect(canvas.shape == [height + 2 * most, width + 2 * most, 3])
        #expect(canvas.array.allSatisfy { (0.1...0.9).contains($0) })
    }

    @Test(arguments: [Margins(left: -1), Margins(top: 36), Margins(right: .max), Margins(bottom: .min)])
    func refusesOtherMargins(_ margins: CanvasExtension.Margins) throws {
        let photo = try PlateScene.photo(height: 100, width: 200)
        #expect(throws: TensorError.self) { try CanvasExtension().extend(photo, by: margins, Compute(threads: 1)) }
    }
}
