extension RGBImage {
    /// Turned and mirrored so that it stands upright.
    ///
    /// - Parameter orientation: EXIF tag 274: 1 upright, 2 mirrored, 3 turned by 180 degrees, 4 flipped, 5 transposed,
    ///   6 needs a quarter turn clockwise, 7 transposed over the other diagonal, 8 needs a quarter turn
    ///   counter-clockwise. Anything else counts as 1.
    package func upright(orientation: Int) throws -> RGBImage {
        guard (2...8).contains(orientation) else { return self }
        let turned = orientation >= 5
        let out = try RGBImage(
            width: turned ? height : width, height: turned ? width : height, withAlpha: alpha != nil)
        // Source of output (x, y) is origin + x * stepX + y * stepY, in pixels.
        let right = width - 1
        let bottom = (height - 1) * width
        let (origin, stepX, stepY): (Int, Int, Int)
        switch orientation {
        case 2: (origin, stepX, stepY) = (right, -1, width)
        case 3: (origin, stepX, stepY) = (bottom + right, -1, -width)
        case 4: (origin, stepX, stepY) = (bottom, 1, -width)
        case 5: (origin, stepX, stepY) = (0, width, 1)
        case 6: (origin, stepX, stepY) = (bottom, -width, 1)
        case 7: (origin, stepX, stepY) = (bottom + right, -width, -1)
        default: (origin, stepX, stepY) = (right, width, -1)
        }
        let source = pixels.pointer
        let target = out.pixels.pointer
        for y in 0..<out.height {
            var from = origin + y * stepY
            var to = y * out.width
            for _ in 0..<out.width {
                target[to * 3] = source[from * 3]
                target[to * 3 + 1] = source[from * 3 + 1]
                target[to * 3 + 2] = source[from * 3 + 2]
                if let alpha, let outAlpha = out.alpha { outAlpha.pointer[to] = alpha.pointer[from] }
                from += stepX
                to += 1
            }
        }
        return out
    }
}
