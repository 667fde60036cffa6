import CLivePhoto
import LPMedia
import LPPipeline

/// The size that a clip shall have, and how the photo is brought to it.
struct ClipSize {
    static let sides = 16...Photo.largestSide

    let width: Int
    let height: Int
    let fit: livephoto_fit

    /// - Returns: nil for 0 and 0, which follow the photo
    /// - Throws: `Refusal.argument` for an odd side, one outside 16...2048, or an unknown fit
    static func wish(width: Int32, height: Int32, fit: livephoto_fit) throws -> ClipSize? {
        guard fit == LIVEPHOTO_FIT_CROP || fit == LIVEPHOTO_FIT_PAD || fit == LIVEPHOTO_FIT_STRETCH else {
            throw Refusal.argument("unknown fit \(fit.rawValue)")
        }
        if width == 0, height == 0 { return nil }
        let size = ClipSize(width: Int(width), height: Int(height), fit: fit)
        guard sides.contains(size.width), sides.contains(size.height) else {
            throw Refusal.argument(
                "a clip of \(width)x\(height) pixels: each side must be \(sides.lowerBound) to \(sides.upperBound)")
        }
        guard size.width % 2 == 0, size.height % 2 == 0 else {
            throw Refusal.argument("a clip of \(width)x\(height) pixels: both sides must be even")
        }
        return size
    }

    /// The picture as the engine takes it: at the wished size, or at its own with both sides even and at most 2048.
    static func photo(from image: RGBImage, wish: ClipSize?) throws -> Photo {
        let size = try wish ?? own(of: image)
        let fitted = try MediaBridge.fit(image, to: size)
        return try Photo(width: fitted.width, height: fitted.height, pixels: fitted.array)
    }

    /// A photo's own size as a clip: scaled down to the longest side allowed, both sides rounded to even numbers.
    private static func own(of image: RGBImage) throws -> ClipSize {
        guard image.width >= Photo.smallestSide, image.height >= Photo.smallestSide else {
            throw Refusal.argument(
                "a photo of \(image.width)x\(image.height) pixels: each side must be at least \(Photo.smallestSide)")
        }
        let longest = max(image.width, image.height)
        let scale = min(1, Double(Photo.largestSide) / Double(longest))
        func side(_ length: Int) -> Int {
            // Down for a photo in its own size, so that no pixel is invented; to the nearest for one that is scaled.
            let scaled = Double(length) * scale / 2
            return 2 * max(1, Int(scale < 1 ? scaled.rounded() : scaled))
        }
        let (width, height) = (side(image.width), side(image.height))
        return ClipSize(width: width, height: height, fit: scale < 1 ? LIVEPHOTO_FIT_STRETCH : LIVEPHOTO_FIT_CROP)
    }
}
