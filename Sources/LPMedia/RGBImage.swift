import Glibc

/// A picture of 8-bit sRGB pixels, rows top to bottom without gaps.
///
/// `pixels` is [height, width, 3]. Where the source had transparency, `alpha` is [height, width] (255 = opaque) and
/// `pixels` holds the colours already laid **over white**. Copies share the bytes: fill them once, then leave them.
package struct RGBImage: Sendable {
    /// The longest side that is read or made, in pixels.
    package static let longestSide = 16384
    /// The most pixels that are decoded.
    package static let mostPixels = 1 << 28

    package let width: Int
    package let height: Int
    package let pixels: PixelBuffer
    package let alpha: PixelBuffer?

    /// An image of undefined pixels.
    /// - Throws: `MediaError.badSize` (a side outside 1...16384), `.outOfMemory`.
    package init(width: Int, height: Int, withAlpha: Bool = false, path: String = "image") throws {
        try Self.checkSize(width: width, height: height, path: path)
        self.width = width
        self.height = height
        pixels = try PixelBuffer(count: width * height * 3)
        alpha = withAlpha ? try PixelBuffer(count: width * height) : nil
    }

    init(width: Int, height: Int, pixels: PixelBuffer, alpha: PixelBuffer?) {
        self.width = width
        self.height = height
        self.pixels = pixels
        self.alpha = alpha
    }

    /// Refuses a size before anything of that size is allocated.
    package static func checkSize(width: Int, height: Int, path: String) throws {
        guard width >= 1, height >= 1 else {
            throw MediaError.badSize(path: path, width: width, height: height, reason: "both sides must be at least 1")
        }
        guard width <= longestSide, height <= longestSide, width * height <= mostPixels else {
            throw MediaError.badSize(
                path: path, width: width, height: height,
                reason: "the limit is \(longestSide) a side and \(mostPixels) pixels")
        }
    }

    /// The pixel bytes, [height, width, 3].
    package var bytes: UnsafeBufferPointer<UInt8> { pixels.bytes }

    /// The same bytes in a Swift array, for small images.
    package var array: [UInt8] { pixels.array }

    /// A copy with its own bytes and without alpha: the picture as it looks over white.
    package func opaqueCopy() throws -> RGBImage {
        let copy = try RGBImage(width: width, height: height)
        memcpy(copy.pixels.pointer, pixels.pointer, pixels.count)
        return copy
    }

    /// Colour `value` at opacity `alpha` over white, rounded.
    @inline(__always)
    static func overWhite(_ value: UInt8, _ alpha: UInt8) -> UInt8 {
        let opacity = Int(alpha)
        return UInt8(truncatingIfNeeded: (Int(value) * opacity + 255 * (255 - opacity) + 127) / 255)
    }

    /// The colour that gives `value` when laid over white at opacity `alpha`; the inverse of `overWhite`.
    @inline(__always)
    static func withoutWhite(_ value: UInt8, _ alpha: UInt8) -> UInt8 {
        let opacity = Int(alpha)
        if opacity == 0 { return 0 }
        let colour = (Int(value) * 255 - 255 * (255 - opacity) + opacity / 2) / opacity
        return UInt8(truncatingIfNeeded: min(max(colour, 0), 255))
    }
}
