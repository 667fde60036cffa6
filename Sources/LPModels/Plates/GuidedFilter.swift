import CLPKernels
import LPTensor

/// The guided filter (He, Sun, Tang 2010): a mask becomes, within every small window, a linear function of a picture's colour.
enum GuidedFilter {
    /// Longest side of the guides on which linear functions are found.
    static let side = 512

    /// How many pixels of a guide [1, h, w, 3] a cell of a mask [rows, columns] is long.
    static func cell(of mask: Tensor, on guide: Tensor) -> Float {
        max(Float(guide.shape[1]) / Float(mask.shape[0]), Float(guide.shape[2]) / Float(mask.shape[1]))
    }

    /// Each pixel's linear function from colour to mask, averaged over the windows that the pixel is in.
    ///
    /// - Shapes: `mask` [1, h, w, 1], `guide` [1, h, w, 3] -> [1, h, w, 4]
    static func map(_ mask: Tensor, _ guide: Tensor, radius: Int, _ compute: Compute) throws -> Tensor {
        let (rows, columns) = (guide.shape[1], guide.shape[2])
        let moments = try Tensor(uninitialized: [1, rows, columns, 13])
        try compute.inBands(rows) { first, last in
            let start = first * columns
            clp_guided_moments(
                guide.pointer + start * 3, mask.pointer + start, moments.pointer + start * 13, (last - first) * columns)
        }
        let means = try compute.boxMeans(moments, radius: radius)
        let maps = try Tensor(uninitialized: [1, rows, columns, 4])
        try compute.inBands(rows) { first, last in
            let start = first * columns
            clp_guided_solve(means.pointer + start * 13, maps.pointer + start * 4, (last - first) * columns, 1e-4)
        }
        return try compute.boxMeans(maps, radius: radius)
    }

    /// The mask that a map [1, h, w, 4] makes of a picture [1, h, w, 3]; values may leave 0...1.
    static func apply(_ map: Tensor, _ picture: Tensor, to mask: Tensor, _ compute: Compute) throws {
        let (rows, columns) = (map.shape[1], map.shape[2])
        try compute.inBands(rows) { first, last in
            let start = first * columns
            clp_guided_apply(
                map.pointer + start * 4, picture.pointer + start * 3, mask.pointer + start, (last - first) * columns)
        }
    }
}
