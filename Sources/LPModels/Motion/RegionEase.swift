import LPTensor

/// How much of its waves each place of a region shows in a finished clip.
///
/// A large region shows all of them. Of a small one, hair or a flag, nothing moves at its edge, which does not come off what it hangs on, and what
/// moves inside has no common part: waves as long as the region would carry it from side to side as one piece.
package struct RegionEase: Sendable {
    /// 0...1, [rows, columns]
    let shares: Tensor
    /// Mean sine and cosine of each wave's phase over the region.
    let means: [(sine: Float, cosine: Float)]

    /// How far from the edge the waves of a connected part reach their size, of the way to where it is thickest.
    private static let rise: Float = 0.7
    /// So far from the edge nothing moves at all: masks reach a little beyond what they show, and what lies there must not be drawn into it.
    private static let margin: Float = 0.15

    /// - Parameters:
    ///   - mask: 0...1, [rows, columns]; the region is where it is more than 0.5
    ///   - frame: of its waves
    package init(mask: Tensor, frame: WaveFrame) throws {
        let (rows, columns) = (mask.shape[0], mask.shape[1])
        let depths = Self.depths(mask, rows, columns)
        let held = frame.smallness
        let farthest = frame.farthest * Float(rows * columns).squareRoot() / 2  // in cells
        let shares = try Tensor(uninitialized: mask.shape)
        shares.pointer.update(repeating: 1 - held, count: shares.count)
        let inside = try Tensor(zeros: mask.shape)
        for part in Self.parts(depths, rows, columns) {
            let thickest = part.reduce(0) { max($0, depths[$1]) }
            for cell in part {
                let depth = max(depths[cell] - 0.5 - Self.margin * thickest, 0)
                let way = min(depth / max((Self.rise - Self.margin) * thickest, 0.5), 1)
                // No wave may fetch from beyond the edge.
                shares.pointer[cell] = 1 - held * (1 - min(way * way * (3 - 2 * way), depth / farthest))
                inside.pointer[cell] = shares.pointer[cell]
            }
        }
        self.shares = shares
        means = RegionOffsets.means(over: inside, frame: frame).map { (held * $0.sine, held * $0.cosine) }
    }

    /// For each cell of the region how many cells, itself among them, lead to the nearest outside of it; 0 there. The picture's border is no edge.
    private static func depths(_ mask: Tensor, _ rows: Int, _ columns: Int) -> [Float] {
        let (straight, diagonal, far) = (Float(1), Float(2).squareRoot(), Float(rows + columns))
        var depths = (0..<rows * columns).map { mask.pointer[$0] > 0.5 ? far : 0 }
        func relax(_ row: Int, _ column: Int, _ neighbours: [(row: Int, column: Int, step: Float)]) {
            for (down, across, step) in neighbours where 0..<rows ~= row + down && 0..<columns ~= column + across {
                depths[row * columns + column] = min(depths[row * columns + column], depths[(row + down) * columns + column + across] + step)
            }
        }
        for row in 0..<rows {
            for column in 0..<columns { relax(row, column, [(0, -1, straight), (-1, -1, diagonal), (-1, 0, straight), (-1, 1, diagonal)]) }
        }
        for row in (0..<rows).reversed() {
            for column in (0..<columns).reversed() { relax(row, column, [(0, 1, straight), (1, 1, diagonal), (1, 0, straight), (1, -1, diagonal)]) }
        }
        return depths
    }

    /// The cells of each connected part of the region.
    private static func parts(_ depths: [Float], _ rows: Int, _ columns: Int) -> [[Int]] {
        var (parts, open) = ([[Int]](), depths.map { $0 > 0 })
        for first in depths.indices where open[first] {
            var (part, next) = ([first], 0)
            open[first] = false
            while next < part.count {
                let (row, column) = (part[next] / columns, part[next] % columns)
                next += 1
                for (r, c) in [(row - 1, column), (row + 1, column), (row, column - 1), (row, column + 1)]
                where 0..<rows ~= r && 0..<columns ~= c && open[r * columns + c] {
                    open[r * columns + c] = false
                    part.append(r * columns + c)
                }
            }
            parts.append(part)
        }
        return parts
    }
}
