import LPTensor

/// How much of its waves each place of a region shows in a finished clip, and where its outline goes along.
///
/// A large region shows all of them. Of a small one, hair or a flag, nothing moves at the edges that do not come off what it hangs on, and where all
/// of them are such what moves inside has no common part: waves as long as the region would carry it from side to side as one piece.
package struct RegionEase: Sendable {
    /// 0...1, [rows, columns]
    let shares: Tensor
    /// Where the outline goes along, 0...1, [rows, columns]; nil: nowhere.
    package let freedom: Tensor?
    /// Mean sine and cosine of each wave's phase over the region.
    let means: [(sine: Float, cosine: Float)]

    /// How far from the edge the waves of a connected part reach their size, of the way to where it is farthest from it.
    private static let rise: Float = 0.7
    /// So far from the edge nothing moves at all: masks reach a little beyond what they show, and what lies there must not be drawn into it.
    private static let margin: Float = 0.15

    /// - Parameters:
    ///   - mask: 0...1, [rows, columns]; the region is where it is more than 0.5
    ///   - frame: of its waves
    ///   - nearness: 0 far to 1 near, [rows, columns], of what may go along with its outline; nil for what may not, like water
    package init(mask: Tensor, frame: WaveFrame, nearness: Tensor? = nil) throws {
        let (rows, columns) = (mask.shape[0], mask.shape[1])
        let outline = RegionOutline(mask: mask, nearness: nearness)
        let depths = NearestCells(outline.edge.indices.map { outline.edge[$0] && !outline.free[$0] }, rows, columns).distances
        let held = frame.smallness
        let farthest = frame.farthest * Float(rows * columns).squareRoot() / 2  // in cells
        let shares = try Tensor(uninitialized: mask.shape)
        shares.pointer.update(repeating: 1 - held, count: shares.count)
        let inside = try Tensor(zeros: mask.shape)
        for part in MaskSpecks.parts(of: mask, rows, columns).filter(\.inside).map(\.cells) {
            let thickest = part.reduce(0) { max($0, depths[$1]) }
            for cell in part {
                let depth = max(depths[cell] - 0.5 - Self.margin * thickest, 0)
                let way = min(depth / max((Self.rise - Self.margin) * thickest, 0.5), 1)
                // No wave may fetch from beyond the edge.
                shares.pointer[cell] = 1 - held * (1 - min(way * way * (3 - 2 * way), depth / farthest))
                inside.pointer[cell] = shares.pointer[cell]
            }
        }
        freedom = try outline.surroundings(reach: farthest)
        if let freedom {
            let nearest = NearestCells(outline.inside, rows, columns).nearest
            for cell in outline.inside.indices where !outline.inside[cell] && freedom.pointer[cell] > 0 { shares.pointer[cell] = shares.pointer[nearest[cell]] }
        }
        self.shares = shares
        means = RegionOffsets.means(over: inside, frame: frame).map { (held * $0.sine, held * $0.cosine) }
    }
}
