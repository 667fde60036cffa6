import LPTensor

/// Which parts of a region's outline go along with its waves.
///
/// Where a region ends before something that is farther away, its outline is its own and nothing holds it: hair before a wall, a crown before the
/// sky. Where it ends at something as near or nearer it hangs on that, or hides behind it: hair on a face, a flag behind a shoulder.
package struct RegionOutline {
    let rows: Int
    let columns: Int
    /// Cells of the region.
    let inside: [Bool]
    /// Cells just outside of it.
    let edge: [Bool]
    /// Those of them whose side of the outline is free.
    let free: [Bool]

    /// By how much nearer the region is than what is beyond its outline, where that is free.
    private static let step: Float = 0.1
    /// Half the side of the windows over which both are averaged, of the grid's longer side, for an outline is not found to the cell.
    private static let window: Float = 1.0 / 24

    /// - Parameters:
    ///   - mask: 0...1, [rows, columns]; the region is where it is more than 0.5
    ///   - nearness: 0 far to 1 near, [rows, columns]; nil: nothing is free
    package init(mask: Tensor, nearness: Tensor?) {
        let (rows, columns) = (mask.shape[0], mask.shape[1])
        let inside = (0..<rows * columns).map { mask.pointer[$0] > 0.5 }
        var edge = [Bool](repeating: false, count: inside.count)
        var free = edge
        let reach = max(Int((Self.window * Float(max(rows, columns))).rounded()), 2)
        for row in 0..<rows {
            for column in 0..<columns where !inside[row * columns + column] {
                func within(_ reach: Int) -> [Int] {
                    (max(row - reach, 0)...min(row + reach, rows - 1)).flatMap { y in
                        (max(column - reach, 0)...min(column + reach, columns - 1)).map { y * columns + $0 }
                    }
                }
                let cell = row * columns + column
                edge[cell] = within(1).contains { inside[$0] }
                guard edge[cell], let nearness else { continue }
                var (own, beyond, ownCount, beyondCount) = (Float(0), Float(0), Float(0), Float(0))
                for other in within(reach) {
                    if inside[other] { (own, ownCount) = (own + nearness.pointer[other], ownCount + 1) } else {
                        (beyond, beyondCount) = (beyond + nearness.pointer[other], beyondCount + 1)
                    }
                }
                free[cell] = own / ownCount - beyond / beyondCount > Self.step
            }
        }
        self.rows = rows
        self.columns = columns
        self.inside = inside
        self.edge = edge
        self.free = free
    }

    /// 1 about the free parts of the outline, inside and as far as `reach` cells outside, 0 about the others, [rows, columns]; nil where none is free.
    func surroundings(reach: Float) throws -> Tensor? {
        guard free.contains(true) else { return nil }
        let nearest = NearestCells(edge, rows, columns)
        let plane = try Tensor(zeros: [rows, columns])
        for cell in inside.indices where free[nearest.nearest[cell]] {
            plane.pointer[cell] = inside[cell] ? 1 : min(max((reach + 3 - nearest.distances[cell]) / 3, 0), 1)
        }
        return plane
    }
}
