/// A still picture: 8-bit RGB, rows top to bottom, no padding.
package struct Photo: Sendable {
    /// Longest side and smallest side that a clip may have, in pixels.
    package static let largestSide = 2048
    package static let smallestSide = 2

    package let width: Int
    package let height: Int
    /// [height * width * 3]
    package let pixels: [UInt8]

    /// - Throws: `PipelineError.argument` for a side outside 2...2048 or a wrong number of bytes.
    package init(width: Int, height: Int, pixels: [UInt8]) throws {
        let sides = Photo.smallestSide...Photo.largestSide
        guard sides.contains(width), sides.contains(height) else {
            throw PipelineError.argument(
                "a photo of \(width)x\(height) pixels: each side must be \(sides.lowerBound) to \(sides.upperBound)")
        }
        guard pixels.count == width * height * 3 else {
            throw PipelineError.argument("a photo of \(width)x\(height) needs \(width * height * 3) bytes, not \(pixels.count)")
        }
        self.width = width
        self.height = height
        self.pixels = pixels
    }
}
