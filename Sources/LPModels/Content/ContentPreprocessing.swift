import LPTensor
import LPWeights

/// Brings a photo to the size and value range that the content encoder was trained on.
package enum ContentPreprocessing {
    /// A photo longer than this many times its shorter side loses its ends before it is enlarged: the centre square
    /// never sees them, and the enlarged picture would need memory without bound.
    private static let longestRatio = 4

    /// - Shapes: `photo` [1, H, W, 3], values 0 to 1 -> [1, S, S, 3] normalised, S the encoder's image size
    package static func prepare(
        _ photo: Tensor, _ configuration: DINOv2Configuration, _ compute: Compute
    ) throws -> Tensor {
        try check(photo)
        let size = configuration.imageSize
        let square: Tensor
        switch configuration.resize {
        case .stretch:
            square = try compute.resizeBilinear(photo, height: size, width: size, antialias: true)
        case .crop:
            let (height, width) = (photo.shape[1], photo.shape[2])
            let part = try centre(
                photo, height: min(height, longestRatio * width), width: min(width, longestRatio * height))
            let shortest = min(part.shape[1], part.shape[2])
            let resized = try compute.resizeBilinear(
                part, height: part.shape[1] * size / shortest, width: part.shape[2] * size / shortest, antialias: true)
            square = try centre(resized, height: size, width: size)
        }
        return try normalised(square, configuration.colours)
    }

    /// The photo at its own size.
    ///
    /// - Shapes: `photo` [1, H, W, 3], values 0 to 1 -> the same, normalised
    package static func prepare(_ photo: Tensor, _ colours: ColourStatistics) throws -> Tensor {
        try check(photo)
        return try normalised(photo, colours)
    }

    private static func check(_ photo: Tensor) throws {
        guard photo.shape.count == 4, photo.shape[0] == 1, photo.shape[1] > 0, photo.shape[2] > 0, photo.shape[3] == 3
        else { throw TensorError.shape("a photo of shape \(photo.shape); [1, H, W, 3] is expected") }
    }

    /// The middle of an image; an odd rest goes to the bottom and the right.
    private static func centre(_ image: Tensor, height: Int, width: Int) throws -> Tensor {
        let top = (image.shape[1] - height) / 2
        let left = (image.shape[2] - width) / 2
        let part = try Tensor(uninitialized: [1, height, width, 3])
        for row in 0..<height {
            let source = image.pointer + ((top + row) * image.shape[2] + left) * 3
            (part.pointer + row * width * 3).update(from: source, count: width * 3)
        }
        return part
    }

    private static func normalised(_ image: Tensor, _ colours: ColourStatistics) throws -> Tensor {
        let (mean, deviation) = (colours.mean, colours.deviation)
        guard mean.count == 3, deviation.count == 3 else {
            throw TensorError.shape("mean and deviation need three values")
        }
        let result = try Tensor(uninitialized: image.shape)
        for pixel in 0..<(image.count / 3) {
            for colour in 0..<3 {
                let index = pixel * 3 + colour
                result.pointer[index] = (image.pointer[index] - mean[colour]) / deviation[colour]
            }
        }
        return result
    }
}
