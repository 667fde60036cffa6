/// For each cell of a grid how far the nearest of some marked cells is, and which: a chamfer transform, steps 1 and the root of 2.
struct NearestCells {
    /// 0 at marked cells; rows + columns where nothing is marked.
    let distances: [Float]
    /// Index of the nearest marked cell; -1 where nothing is marked.
    let nearest: [Int]

    init(_ marked: [Bool], _ rows: Int, _ columns: Int) {
        let (straight, diagonal) = (Float(1), Float(2).squareRoot())
        var distances = marked.map { $0 ? 0 : Float(rows + columns) }
        var nearest = marked.indices.map { marked[$0] ? $0 : -1 }
        let before = [(0, -1, straight), (-1, -1, diagonal), (-1, 0, straight), (-1, 1, diagonal)]
        let after = [(0, 1, straight), (1, 1, diagonal), (1, 0, straight), (1, -1, diagonal)]
        func relax(_ row: Int, _ column: Int, _ neighbours: [(row: Int, column: Int, step: Float)]) {
            let cell = row * columns + column
            for (down, across, step) in neighbours where 0..<rows ~= row + down && 0..<columns ~= column + across {
                let from = (row + down) * columns + column + across
                guard distances[from] + step < distances[cell] else { continue }
                distances[cell] = distances[from] + step
                nearest[cell] = nearest[from]
            }
        }
        for row in 0..<rows {
            for column in 0..<columns { relax(row, column, before) }
        }
        for row in (0..<rows).reversed() {
            for column in (0..<columns).reversed() { relax(row, column, after) }
        }
        self.distances = distances
        self.nearest = nearest
    }
}
