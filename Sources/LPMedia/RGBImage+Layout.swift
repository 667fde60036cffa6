import Glibc

/// How a caller's memory holds a pixel, 8 bits a channel.
package enum PixelLayout: Sendable {
    case rgb, rgba, bgra

    package var bytesPerPixel: Int { self == .rgb ? 3 : 4 }
}

extension RGBImage {
    /// Copies pixels out of a caller's memory.
    ///
    /// - Parameters:
    ///   - pointer: first byte of the top row; at least `stride * (height - 1) + width * bytesPerPixel` bytes.
    ///   - stride: bytes from one row to the next, at least `width * bytesPerPixel`.
    /// - Throws: `MediaError.invalidArgument` (NULL, stride), `.badSize`, `.outOfMemory`.
    package static func fromPixels(
        _ pointer: UnsafeRawPointer?, width: Int, height: Int, stride: Int, layout: PixelLayout
    ) throws -> RGBImage {
        try checkSize(width: width, height: height, path: "image")
        guard let pointer else { throw MediaError.invalidArgument("the pixel pointer is NULL") }
        try checkStride(stride, width: width, height: height, layout: layout)
        let image = try RGBImage(width: width, height: height, withAlpha: layout != .rgb)
        for y in 0..<height {
            let row = pointer.advanced(by: y * stride).assumingMemoryBound(to: UInt8.self)
            let out = image.pixels.pointer + y * width * 3
            guard let alpha = image.alpha else {
                memcpy(out, row, width * 3)
                continue
            }
            let alphaRow = alpha.pointer + y * width
            let red = layout == .rgba ? 0 : 2
            for x in 0..<width {
                let opacity = row[x * 4 + 3]
                out[x * 3] = overWhite(row[x * 4 + red], opacity)
                out[x * 3 + 1] = overWhite(row[x * 4 + 1], opacity)
                out[x * 3 + 2] = overWhite(row[x * 4 + 2 - red], opacity)
                alphaRow[x] = opacity
            }
        }
        return image.withoutOpaqueAlpha()
    }

    /// Copies the pixels into a caller's memory. The fourth channel is 255 where the image has no alpha; where it has,
    /// the colours are the ones before they were laid over white.
    ///
    /// - Parameter bottomUp: true writes the bottom row first, as OpenGL textures want it.
    /// - Throws: `MediaError.invalidArgument` (NULL, stride).
    package func copy(
        to pointer: UnsafeMutableRawPointer?, stride: Int, layout: PixelLayout, bottomUp: Bool = false
    ) throws {
        guard let pointer else { throw MediaError.invalidArgument("the pixel pointer is NULL") }
        try Self.checkStride(stride, width: width, height: height, layout: layout)
        for y in 0..<height {
            let row = pixels.pointer + y * width * 3
            let out = pointer.advanced(by: (bottomUp ? height - 1 - y : y) * stride)
                .assumingMemoryBound(to: UInt8.self)
            if layout == .rgb {
                memcpy(out, row, width * 3)
                continue
            }
            let alphaRow = alpha.map { $0.pointer + y * width }
            let red = layout == .rgba ? 0 : 2
            for x in 0..<width {
                let opacity = alphaRow?[x] ?? 255
                out[x * 4 + red] = opacity == 255 ? row[x * 3] : Self.withoutWhite(row[x * 3], opacity)
                out[x * 4 + 1] = opacity == 255 ? row[x * 3 + 1] : Self.withoutWhite(row[x * 3 + 1], opacity)
                out[x * 4 + 2 - red] = opacity == 255 ? row[x * 3 + 2] : Self.withoutWhite(row[x * 3 + 2], opacity)
                out[x * 4 + 3] = opacity
            }
        }
    }

    /// The same image, with the alpha plane dropped when it is 255 everywhere.
    func withoutOpaqueAlpha() -> RGBImage {
        guard let alpha, alpha.bytes.allSatisfy({ $0 == 255 }) else { return self }
        return RGBImage(width: width, height: height, pixels: pixels, alpha: nil)
    }

    private static func checkStride(_ stride: Int, width: Int, height: Int, layout: PixelLayout) throws {
        let least = width * layout.bytesPerPixel
        guard stride >= least else {
            throw MediaError.invalidArgument(
                "a stride of \(stride) bytes is too small for \(width) pixels, expected at least \(least)")
        }
        guard !stride.multipliedReportingOverflow(by: height).overflow else {
            throw MediaError.invalidArgument("a stride of \(stride) bytes is too large")
        }
    }
}
