import CLPKernels
import LPTensor

/// How near everything in a photo is, with the edges of what stands out: for a camera that passes by.
///
/// Things stand upright and have outlines: a network's depth gets the photo's edges, and becomes flat between them.
package struct Relief: Sendable {
    /// 0 far to 1 near, [rows, columns]
    let near: Tensor
    /// Least and greatest depth that a ray can meet in each square, [block rows, block columns, 2].
    let bounds: Tensor

    /// Depths that differ by more belong to different things.
    private static let step: Float = 0.12
    /// In parts of the longest side: how far a thing's own depth is averaged, and how wide its rim is, which goes with it.
    private static let body: Float = 0.12
    private static let rim: Float = 0.004
    private static let rounds = 3
    /// In parts of the longest side: what is less wide stands on its foot; and over how many rows of something else.
    private static let narrow: Float = 0.15
    private static let gap = 4
    /// How far, in parts of the longest side, thin things may go on upwards beyond what the depth shows of them.
    private static let tip: Float = 0.12
    /// How much nearer the lowest row counts than the highest, as things seldom are quite upright: else, where all is near, nothing would tell a camera
    /// that turns from one that pans.
    private static let lean: Float = 0.12

    /// - Parameters:
    ///   - depth: [rows, columns] in 0...1, of a network
    ///   - photo: [H, W, 3] or [1, H, W, 3] in 0...1
    ///   - reach: units by which the camera moves depth 1 against depth 0, at most, along x and y
    /// - Throws: `TensorError.shape`, `.outOfMemory`, `.cancelled`
    package init(depth: Tensor, photo: Tensor, reach: (x: Float, y: Float), _ compute: Compute) throws {
        guard depth.shape.count == 2, depth.count > 0 else { throw TensorError.shape("\(depth.shape) is no depth") }
        let guide = try PlatePicture.reduced(photo, to: GuidedFilter.side, compute)  // [1, h, w, 3]
        let (rows, columns) = (guide.shape[1], guide.shape[2])
        near = try Self.standing(depth, guide, compute)
        let squares = [rows, columns].map { ($0 + Int(CLP_RELIEF_BLOCK) - 1) / Int(CLP_RELIEF_BLOCK) }
        bounds = try Tensor(uninitialized: squares + [2])
        let unit = (Float(rows) * Float(columns)).squareRoot() / 2
        let own = try Tensor(uninitialized: bounds.shape)
        func cells(_ reach: Float) -> Int { Int(min(abs(reach) / 2 * unit, Float(GuidedFilter.side))) + 2 }
        clp_relief_bounds(
            near.pointer, rows, columns, cells(reach.y), cells(reach.x), own.pointer, bounds.pointer)
    }

    /// The depth with the photo's edges, flat between them, [h, w].
    private static func standing(_ depth: Tensor, _ guide: Tensor, _ compute: Compute) throws -> Tensor {
        let (rows, columns) = (guide.shape[1], guide.shape[2])
        let cell = GuidedFilter.cell(of: depth, on: guide)
        let coarse = try compute.resizeBilinear(
            try depth.reshaped([1] + depth.shape + [1]), height: rows, width: columns, antialias: true)  // [1, h, w, 1]
        let radius = max(Int((1.5 * cell).rounded()), 2)
        try GuidedFilter.apply(try GuidedFilter.map(coarse, guide, radius: radius, compute), guide, to: coarse, compute)
        for index in 0..<coarse.count { coarse.pointer[index] = min(max(coarse.pointer[index], 0), 1) }
        let (from, to) = (coarse, try Tensor(uninitialized: coarse.shape))
        clp_relief_sharpen(from.pointer, rows, columns, max(Int(cell.rounded()), 2), step, to.pointer)
        let reach = max(Int(body * Float(max(rows, columns))), 1)
        for _ in 0..<rounds {
            try compute.inBands(rows) { first, last in
                clp_relief_flatten_rows(to.pointer, columns, reach, step / 2, first, last, from.pointer)
            }
            try compute.inBands(columns) { first, last in
                clp_relief_flatten_columns(from.pointer, rows, columns, reach, step / 2, first, last, to.pointer)
            }
        }
        let thin = try Cells<UInt8>(rows * columns)
        clp_relief_stand(to.pointer, rows, columns, Int(narrow * Float(max(rows, columns))), gap, step, thin.pointer, from.pointer)
        clp_relief_tips(from.pointer, guide.pointer, rows, columns, Int(tip * Float(max(rows, columns))), step, thin.pointer)
        try compute.inBands(rows) { first, last in clp_relief_flatten_rows(from.pointer, columns, reach, step, first, last, to.pointer) }
        clp_relief_grow(to.pointer, rows, columns, Int((rim * Float(max(rows, columns))).rounded(.up)), from.pointer)
        for row in 0..<rows {
            let below = lean * ((Float(row) + 0.5) / Float(rows) - 0.5)
            for index in row * columns..<(row + 1) * columns { from.pointer[index] = min(max((1 - lean) * from.pointer[index] + lean / 2 + below, 0), 1) }
        }
        return try from.reshaped([rows, columns])
    }
}
