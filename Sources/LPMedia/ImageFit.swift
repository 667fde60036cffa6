/// How a picture is brought to a given size.
package enum FitMode: Sendable {
    /// Fills the size; what sticks out on two sides is cut off, evenly.
    case crop
    /// Shows all of the picture; the rest is filled with its border pixels' mean colour.
    case pad
    /// Fills the size; the aspect changes.
    case stretch
}

/// Resizes pictures with an antialiased Lanczos filter. Float sums in a fixed order: the same bytes everywhere.
package enum ImageFit {
    package static let longestOutputSide = 2048

    /// The size that a picture of `width` x `height` keeps its aspect in, with both sides multiples of `multiple` and
    /// none above `longest`; never enlarged beyond the next multiple.
    /// - Throws: `MediaError.invalidArgument`, `.badSize`.
    package static func size(
        width: Int, height: Int, longest: Int = longestOutputSide, multiple: Int = 2
    ) throws -> (width: Int, height: Int) {
        try RGBImage.checkSize(width: width, height: height, path: "image")
        guard (1...256).contains(multiple), longest >= multiple, longest <= RGBImage.longestSide else {
            throw MediaError.invalidArgument("sides up to \(longest) in multiples of \(multiple) cannot be made")
        }
        let scale = min(1, Double(longest) / Double(max(width, height)))
        let most = longest / multiple * multiple
        func side(_ value: Int) -> Int {
            let rounded = Int((Double(value) * scale / Double(multiple)).rounded()) * multiple
            return min(max(rounded, multiple), most)
        }
        return (side(width), side(height))
    }

    /// A picture of exactly `width` x `height`. The alpha plane is resized with it.
    /// - Throws: `MediaError.badSize`, `.outOfMemory`.
    package static func fit(_ image: RGBImage, width: Int, height: Int, mode: FitMode) throws -> RGBImage {
        try RGBImage.checkSize(width: width, height: height, path: "image")
        if image.width == width, image.height == height { return image }
        let source = (width: Double(image.width), height: Double(image.height))
        switch mode {
        case .stretch:
            return try resample(image, width: width, height: height, region: (0, 0, source.width, source.height))
        case .crop:
            let scale = min(source.width / Double(width), source.height / Double(height))
            let region = (Double(width) * scale, Double(height) * scale)
            return try resample(
                image, width: width, height: height,
                region: ((source.width - region.0) / 2, (source.height - region.1) / 2, region.0, region.1))
        case .pad:
            let scale = max(source.width / Double(width), source.height / Double(height))
            let inner = (
                width: min(max(Int((source.width / scale).rounded()), 1), width),
                height: min(max(Int((source.height / scale).rounded()), 1), height)
            )
            let small = try resample(
                image, width: inner.width, height: inner.height, region: (0, 0, source.width, source.height))
            return try padded(small, width: width, height: height)
        }
    }

    /// Resizes the region (x, y, width, height) of `image`, in source pixels.
    private static func resample(
        _ image: RGBImage, width: Int, height: Int, region: (Double, Double, Double, Double)
    ) throws -> RGBImage {
        let out = try RGBImage(width: width, height: height, withAlpha: image.alpha != nil)
        let columns = ResizeFilter(
            kernel: .lanczos, input: image.width, output: width, offset: region.0, extent: region.2)
        let rows = ResizeFilter(
            kernel: .lanczos, input: image.height, output: height, offset: region.1, extent: region.3)
        try PlaneResizer(columns: columns, rows: rows, channels: 3, inputWidth: image.width)
            .run(image.pixels.pointer, into: out.pixels.pointer)
        if let alpha = image.alpha, let outAlpha = out.alpha {
            try PlaneResizer(columns: columns, rows: rows, channels: 1, inputWidth: image.width)
                .run(alpha.pointer, into: outAlpha.pointer)
        }
        return out
    }

    private static func padded(_ image: RGBImage, width: Int, height: Int) throws -> RGBImage {
        let out = try RGBImage(width: width, height: height, withAlpha: image.alpha != nil)
        let colour = borderColour(image)
        for pixel in 0..<width * height {
            for channel in 0..<3 { out.pixels.pointer[pixel * 3 + channel] = colour[channel] }
            out.alpha?.pointer[pixel] = 255
        }
        let left = (width - image.width) / 2
        let top = (height - image.height) / 2
        for y in 0..<image.height {
            let target = (top + y) * width + left
            (out.pixels.pointer + target * 3).update(
                from: image.pixels.pointer + y * image.width * 3, count: image.width * 3)
            if let alpha = image.alpha, let outAlpha = out.alpha {
                (outAlpha.pointer + target).update(from: alpha.pointer + y * image.width, count: image.width)
            }
        }
        return out
    }

    /// Mean colour of the outermost pixels.
    private static func borderColour(_ image: RGBImage) -> [UInt8] {
        var sums = [0, 0, 0]
        var count = 0
        for y in 0..<image.height {
            let isEdge = y == 0 || y == image.height - 1
            for x in stride(from: 0, to: image.width, by: isEdge ? 1 : max(image.width - 1, 1)) {
                for channel in 0..<3 { sums[channel] += Int(image.pixels.pointer[(y * image.width + x) * 3 + channel]) }
                count += 1
            }
        }
        return sums.map { UInt8(truncatingIfNeeded: ($0 + count / 2) / max(count, 1)) }
    }
}
