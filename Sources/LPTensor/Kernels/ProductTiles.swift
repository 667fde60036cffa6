/// How the result of a matrix product is cut into pieces of work, by its size alone.
struct ProductTiles: Sendable {
    let rows: Int
    let columns: Int
    let rowStep: Int
    let columnStep: Int
    private let across: Int
    let count: Int

    /// Tiles are at most 256 rows high (a tile and its inputs stay near the second-level cache); columns are cut only where
    /// the rows alone give too few pieces for many threads.
    init(rows: Int, columns: Int) {
        self.rows = rows
        self.columns = columns
        let down = (rows + 255) / 256
        rowStep = ((rows + down - 1) / down + 7) / 8 * 8
        let wanted = down >= 8 ? (columns + 1023) / 1024 : min(8 / max(down, 1), (columns + 63) / 64)
        let pieces = max(wanted, 1)
        columnStep = ((columns + pieces - 1) / pieces + 15) / 16 * 16
        across = (columns + columnStep - 1) / columnStep
        count = across * ((rows + rowStep - 1) / rowStep)
    }

    subscript(index: Int) -> (rows: Range<Int>, columns: Range<Int>) {
        let row = index / across * rowStep
        let column = index % across * columnStep
        return (row..<min(row + rowStep, rows), column..<min(column + columnStep, columns))
    }
}
