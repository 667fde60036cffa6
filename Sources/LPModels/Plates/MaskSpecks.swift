import LPTensor

/// Takes small islands out of a coarse mask and fills small gaps.
enum MaskSpecks {
    /// Islands of up to this many cells go, if they are small beside the largest one; gaps of up to as many are filled.
    private static let cells = 3
    private static let part = 0.05

    /// - Parameter mask: [rows, columns]; NaN counts as 0, values are clamped to 0...1
    /// - Returns: a mask of the same shape, memory of its own
    static func removed(from mask: Tensor) throws -> Tensor {
        let (rows, columns) = (mask.shape[0], mask.shape[1])
        let result = try Tensor(uninitialized: mask.shape)
        for index in 0..<mask.count {
            let value = mask.pointer[index]
            result.pointer[index] = value > 0 ? min(value, 1) : 0
        }
        let parts = parts(of: result, rows, columns)
        let largest = parts.filter(\.inside).map(\.cells.count).max() ?? 0
        for part in parts where part.cells.count <= cells {
            let remove = part.inside && Double(part.cells.count) <= Self.part * Double(largest)
            let fill = !part.inside && largest > cells
            // To the uncertain side of the middle: the photo may still say otherwise.
            if remove { for cell in part.cells { result.pointer[cell] = min(result.pointer[cell], 0.2) } }
            if fill { for cell in part.cells { result.pointer[cell] = max(result.pointer[cell], 0.8) } }
        }
        return result
    }

    struct Part {
        var inside: Bool
        var cells: [Int]
    }

    /// Runs of neighbouring cells that are all above, or all not above, one half.
    static func parts(of mask: Tensor, _ rows: Int, _ columns: Int) -> [Part] {
        var seen = [Bool](repeating: false, count: rows * columns)
        var parts: [Part] = []
        for start in 0..<rows * columns where !seen[start] {
            let inside = mask.pointer[start] > 0.5
            var cells = [start]
            seen[start] = true
            var next = 0
            while next < cells.count {
                let (row, column) = (cells[next] / columns, cells[next] % columns)
                next += 1
                for (y, x) in [(row - 1, column), (row + 1, column), (row, column - 1), (row, column + 1)] {
                    guard (0..<rows).contains(y), (0..<columns).contains(x) else { continue }
                    let cell = y * columns + x
                    if seen[cell] || (mask.pointer[cell] > 0.5) != inside { continue }
                    seen[cell] = true
                    cells.append(cell)
                }
            }
            parts.append(Part(inside: inside, cells: cells))
        }
        return parts
    }
}
