import LPTensor

/// Tells a thing from what else a network took for it: sentences name one thing, and of masks in several parts one is usually right.
enum ObjectParts {
    /// Parts of less than this share of the largest one are not asked how sure they are.
    private static let small = 0.1
    /// A part whose mean is this much lower than the surest part's is something else,
    private static let doubt: Float = 0.08
    /// unless it is as close to that, in parts of the longer side: then it is a part of the same thing.
    private static let gap: Float = 0.03

    /// - Parameter mask: 0...1, [rows, columns]
    /// - Returns: the mask without what is likely something else; the same tensor if there is nothing of that
    static func ofOneThing(_ mask: Tensor) throws -> Tensor {
        let (rows, columns) = (mask.shape[0], mask.shape[1])
        let parts = MaskSpecks.parts(of: mask, rows, columns).filter(\.inside).map(\.cells)
        guard parts.count > 1 else { return mask }
        let largest = parts.map(\.count).max() ?? 0
        let means = parts.map { cells in
            Double(cells.count) < small * Double(largest) ? 0 : cells.reduce(Float(0)) { $0 + mask.pointer[$1] } / Float(cells.count)
        }
        guard let surest = means.indices.max(by: { means[$0] < means[$1] }) else { return mask }
        func marked(_ parts: [[Int]]) -> [Bool] {
            var cells = [Bool](repeating: false, count: mask.count)
            for part in parts { for cell in part { cells[cell] = true } }
            return cells
        }
        let away = NearestCells(marked([parts[surest]]), rows, columns).distances
        let others = parts.indices.filter { index in
            means[index] < means[surest] - doubt && parts[index].allSatisfy { away[$0] > gap * Float(max(rows, columns)) }
        }
        guard !others.isEmpty else { return mask }
        // Their soft edges go with them.
        let (other, nearest) = (marked(others.map { parts[$0] }), NearestCells(marked(parts), rows, columns).nearest)
        let result = try mask.copy()
        for cell in 0..<mask.count where other[nearest[cell]] { result.pointer[cell] = 0 }
        return result
    }
}
