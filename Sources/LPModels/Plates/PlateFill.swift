import CLPKernels
import LPTensor

/// A photo without one of its things: the hole is filled with what is around it.
package struct PlateFill: Sendable {
    /// Mask values above this are hole.
    package var threshold: Float
    /// The hole grows by this many pixels, so that the soft edge of the thing goes too; nil for 1/200 of the longest
    /// side, at least 1.
    package var growth: Int?
    /// Whether a smooth continuation of the rest will do: quick, and enough for what a thing that stays shows beside it now and then.
    package var isSmooth: Bool

    package init(threshold: Float = 0.05, growth: Int? = nil, isSmooth: Bool = false) {
        self.threshold = threshold
        self.growth = growth
        self.isSmooth = isSmooth
    }

    /// The photo with its hole filled by pieces of the rest.
    ///
    /// Pixels outside the grown hole keep their bits; pixels inside stay within the range of those outside. A photo
    /// without hole, or that is all hole, comes back as it is. Where too little is left to copy pieces from, the fill
    /// is smooth.
    ///
    /// - Parameters:
    ///   - photo: [H, W, 3] or [1, H, W, 3] in 0...1, at most 8192 pixels a side
    ///   - hole: [H, W], 1 where the thing is; NaN counts as 0
    /// - Returns: the shape of `photo`, memory of its own
    /// - Throws: `TensorError.shape`, `.outOfMemory`, `.cancelled`
    package func fill(_ photo: Tensor, hole: Tensor, _ compute: Compute) throws -> Tensor {
        let (height, width) = try PlatePicture.size(photo)
        try PlatePicture.check(mask: hole, height: height, width: width)
        let known = try Cells<UInt8>(height * width)
        clp_mask_holes(hole.pointer, known.pointer, known.count, threshold)
        let growth = min(max(self.growth ?? max(max(height, width) / 200, 1), 0), PlatePicture.longestSide)
        if growth > 0 {
            let scratch = try Cells<UInt8>(known.count)
            clp_grow_holes(known.pointer, height, width, growth, scratch.pointer)
        }
        let picture = try photo.copy()
        let holes = try Self.holes(picture, known)
        guard holes > 0, holes < known.count else { return picture }
        let completion = PatchCompletion(prices: PatchCompletion.Prices(column: 1e6, row: 4e6))
        if try isSmooth || !completion.fill(picture, known: known, height: height, width: width, compute) {
            try Self.fillSmoothly(picture, known, height, width, compute)
        }
        return picture
    }

    /// Push-pull pyramid fill: the image where its weight is 1, a smooth continuation where it is 0, and in between.
    /// Quick.
    ///
    /// Level 0 is image * weight, and weight. Each next level sums 2 x 2 (beyond the right and lower edge there is
    /// nothing) and scales both sums so that the weight is at most 1, down to one pixel, which is divided by its weight
    /// (at least 1e-6). Back up, each level is its colours + (1 - weight) * the smaller level, enlarged bilinearly
    /// (align_corners false).
    ///
    /// - Shapes: `image` [..., H, W, C] with at most one leading extent N; `weight` the same without C, in 0...1
    /// - Reference: `push_pull` in Training/livephoto_training/model/plates.py
    package static func smooth(_ image: Tensor, weight: Tensor, _ compute: Compute) throws -> Tensor {
        guard (3...4).contains(image.shape.count), weight.shape == Array(image.shape.dropLast()), image.count > 0,
            image.shape.suffix(3).allSatisfy({ $0 <= PlatePicture.longestSide })
        else { throw TensorError.shape("smooth fill of \(image.shape) by weights \(weight.shape)") }
        let images = image.shape.count == 4 ? image.shape[0] : 1
        let channels = image.shape[image.shape.count - 1]
        let (height, width) = (weight.shape[weight.shape.count - 2], weight.shape[weight.shape.count - 1])
        let colour = try Tensor(uninitialized: [images, height, width, channels])
        try compute.inBands(images * height) { first, last in
            for index in first * width..<last * width {
                for channel in index * channels..<(index + 1) * channels {
                    colour.pointer[channel] = image.pointer[channel] * weight.pointer[index]
                }
            }
        }
        var levels = [(colour: colour, weight: weight)]
        while let level = levels.last, max(level.colour.shape[1], level.colour.shape[2]) > 1 {
            levels.append(try push(level.colour, level.weight, compute))
        }
        var filled = levels[levels.count - 1].colour
        for index in 0..<images {
            let divisor = max(levels[levels.count - 1].weight.pointer[index], 1e-6)
            for channel in index * channels..<(index + 1) * channels { filled.pointer[channel] /= divisor }
        }
        for level in levels.dropLast().reversed() {
            let (height, width) = (level.colour.shape[1], level.colour.shape[2])
            let enlarged = try compute.resizeBilinear(filled, height: height, width: width, antialias: false)
            try compute.inBands(images * height) { first, last in
                clp_pull(
                    enlarged.pointer + first * width * channels, level.weight.pointer + first * width,
                    level.colour.pointer + first * width * channels, (last - first) * width, channels)
            }
            filled = level.colour
        }
        return try filled.reshaped(image.shape)
    }

    private static func push(_ colour: Tensor, _ weight: Tensor, _ compute: Compute) throws -> (Tensor, Tensor) {
        let (images, height, width, channels) = (colour.shape[0], colour.shape[1], colour.shape[2], colour.shape[3])
        let (rows, columns) = ((height + 1) / 2, (width + 1) / 2)
        let smaller = try Tensor(uninitialized: [images, rows, columns, channels])
        let smallerWeight = try Tensor(uninitialized: [images, rows, columns])
        try compute.parallel(images) { index in
            clp_push(
                colour.pointer + index * height * width * channels, weight.pointer + index * height * width, height,
                width, channels, 0, rows, smaller.pointer + index * rows * columns * channels,
                smallerWeight.pointer + index * rows * columns)
        }
        return (smaller, smallerWeight)
    }

    /// Fills holes with the smooth continuation of the rest.
    static func fillSmoothly(
        _ picture: Tensor, _ known: Cells<UInt8>, _ height: Int, _ width: Int, _ compute: Compute
    ) throws {
        let weight = try Tensor(uninitialized: [height, width])
        for index in 0..<known.count { weight.pointer[index] = known.pointer[index] == 0 ? 0 : 1 }
        let smooth = try smooth(try picture.reshaped([height, width, 3]), weight: weight, compute)
        let range = try Tensor(uninitialized: [6])
        _ = clp_known_range(picture.pointer, known.pointer, known.count, range.pointer, range.pointer + 3)
        for index in 0..<known.count where known.pointer[index] == 0 {
            for channel in 0..<3 {
                let value = smooth.pointer[3 * index + channel]
                picture.pointer[3 * index + channel] = min(
                    max(value, range.pointer[channel]), range.pointer[3 + channel])
            }
        }
    }

    private static func holes(_ picture: Tensor, _ known: Cells<UInt8>) throws -> Int {
        let range = try Tensor(uninitialized: [6])
        return clp_known_range(picture.pointer, known.pointer, known.count, range.pointer, range.pointer + 3)
    }
}
