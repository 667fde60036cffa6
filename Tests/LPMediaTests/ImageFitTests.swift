import Testing

@testable import LPMedia

@Suite struct ImageFitTests {
    @Test(arguments: [
        (4000, 3000, 2048, 2, 2048, 1536), (3000, 4000, 2048, 2, 1536, 2048), (641, 479, 2048, 2, 642, 480),
        (1, 1, 2048, 2, 2, 2), (16384, 1, 2048, 2, 2048, 2), (500, 333, 512, 8, 504, 336),
        (2047, 2047, 2048, 2, 2048, 2048),
    ])
    func choosesSizes(_ given: (Int, Int, Int, Int, Int, Int)) throws {
        let found = try ImageFit.size(width: given.0, height: given.1, longest: given.2, multiple: given.3)
        #expect(found.width == given.4 && found.height == given.5)
    }

    @Test func refusesBadSizes() throws {
        #expect(throws: MediaError.self) { try ImageFit.size(width: 0, height: 5) }
        #expect(throws: MediaError.self) { try ImageFit.size(width: 5, height: 5, longest: 1) }
        #expect(throws: MediaError.self) { try ImageFit.size(width: 5, height: 5, multiple: 0) }
        let image = try MediaFixtures.frame(0, width: 4, height: 4)
        for (width, height) in [(0, 4), (4, -1), (20000, 4), (Int.max, Int.max)] {
            #expect(throws: MediaError.self) { try ImageFit.fit(image, width: width, height: height, mode: .crop) }
        }
    }

    @Test(arguments: [FitMode.crop, .pad, .stretch])
    func keepsFlatColours(_ mode: FitMode) throws {
        let image = try RGBImage(width: 37, height: 11)
        for pixel in 0..<37 * 11 {
            for channel in 0..<3 { image.pixels.pointer[pixel * 3 + channel] = UInt8(40 + 80 * channel) }
        }
        for (width, height) in [(8, 8), (100, 20), (1, 1), (37, 12), (3, 64)] {
            let out = try ImageFit.fit(image, width: width, height: height, mode: mode)
            #expect(out.width == width && out.height == height)
            #expect((0..<width * height * 3).allSatisfy { out.pixels.pointer[$0] == UInt8(40 + 80 * ($0 % 3)) })
        }
    }

    /// Shrinking a fine checkerboard gives grey, not a moire; growing and shrinking back gives the picture.
    @Test func isAntialiased() throws {
        let board = try RGBImage(width: 128, height: 128)
        for index in 0..<board.pixels.count {
            let pixel = index / 3
            board.pixels.pointer[index] = (pixel % 128 + pixel / 128) & 1 == 0 ? 255 : 0
        }
        let small = try ImageFit.fit(board, width: 30, height: 30, mode: .stretch)
        for y in 4..<26 { for x in 4..<26 { #expect(abs(Int(small.pixels.pointer[(y * 30 + x) * 3]) - 128) <= 3) } }
        let picture = try MediaFixtures.frame(1, width: 60, height: 44)
        let grown = try ImageFit.fit(picture, width: 120, height: 88, mode: .stretch)
        let back = try ImageFit.fit(grown, width: 60, height: 44, mode: .stretch)
        #expect(MediaFixtures.difference(picture, back) < 0.6)
    }

    @Test func cropsTheMiddleAndPadsTheSides() throws {
        let image = try RGBImage(width: 30, height: 10)
        for pixel in 0..<300 {
            for channel in 0..<3 { image.pixels.pointer[pixel * 3 + channel] = UInt8(pixel % 30 * 8) }
        }
        let crop = try ImageFit.fit(image, width: 10, height: 10, mode: .crop)
        #expect((0..<10).allSatisfy { crop.pixels.pointer[$0 * 3] == UInt8(($0 + 10) * 8) })
        let pad = try ImageFit.fit(image, width: 30, height: 30, mode: .pad)
        #expect((0..<30).allSatisfy { pad.pixels.pointer[(15 * 30 + $0) * 3] == UInt8($0 * 8) })
        #expect(pad.pixels.pointer[0] == pad.pixels.pointer[29 * 30 * 3])
    }

    @Test func resizesAlpha() throws {
        let bytes: [UInt8] = (0..<64).flatMap { [10, 20, 30, $0 % 8 < 4 ? 0 : 255] as [UInt8] }
        let image = try RGBImage.fromPixels(bytes, width: 8, height: 8, stride: 32, layout: .rgba)
        let out = try ImageFit.fit(image, width: 16, height: 16, mode: .stretch)
        let alpha = try #require(out.alpha)
        #expect(alpha.pointer[0] == 0 && alpha.pointer[15] == 255)
    }
}
