import CLPKernels
import LPTensor

/// What the tools of this folder take: pictures [H, W, 3] or [1, H, W, 3], masks [H, W].
enum PlatePicture {
    /// Longest side of a picture, canvas included.
    static let longestSide = 8192
    /// Rows that one chunk of work has, whatever the number of threads.
    static let band = 16

    /// - Throws: `TensorError.shape` for anything but a picture of 1 to `longestSide` pixels a side.
    static func size(_ photo: Tensor) throws -> (height: Int, width: Int) {
        let size = Array(photo.shape.suffix(3))
        guard size.count == 3, size[2] == 3, size[0] > 0, size[1] > 0, photo.count == size[0] * size[1] * 3,
            max(size[0], size[1]) <= longestSide
        else { throw TensorError.shape("\(photo.shape) is no photo") }
        return (size[0], size[1])
    }

    /// A picture at most `side` pixels a side, [1, h, w, 3]; `picture` [H, W, 3] or [1, H, W, 3].
    static func reduced(_ picture: Tensor, to side: Int, _ compute: Compute) throws -> Tensor {
        let (height, width) = try size(picture)
        let scale = min(Float(side) / Float(max(height, width)), 1)
        return try compute.resizeBilinear(
            try picture.reshaped([1, height, width, 3]), height: max(Int((Float(height) * scale).rounded()), 1),
            width: max(Int((Float(width) * scale).rounded()), 1), antialias: true)
    }

    /// A mask's size is the photo's.
    static func check(mask: Tensor, height: Int, width: Int) throws {
        guard mask.shape == [height, width] else {
            throw TensorError.shape("a mask of \(mask.shape) for a photo of \([height, width])")
        }
    }
}

extension Compute {
    /// Calls `body` for runs of rows of a picture.
    func inBands(_ height: Int, _ body: @Sendable (_ first: Int, _ last: Int) throws -> Void) throws {
        let band = PlatePicture.band
        try parallel((height + band - 1) / band) { index in try body(index * band, min(index * band + band, height)) }
    }
    /// Means over windows of 2 * radius + 1 pixels a side, clipped to the picture: [1, h, w, C] to the same.
    func boxMeans(_ x: Tensor, radius: Int) throws -> Tensor {
        let (rows, columns, channels) = (x.shape[1], x.shape[2], x.shape[3])
        let across = try Tensor(uninitialized: x.shape)
        let result = try Tensor(uninitialized: x.shape)
        try inBands(rows) { first, last in
            clp_box_rows(x.pointer, across.pointer, columns, channels, radius, first, last)
        }
        try inBands(rows) { first, last in
            clp_box_columns(across.pointer, result.pointer, rows, columns * channels, radius, first, last)
        }
        return result
    }
}
