import LPTensor

extension Compute {
    /// Runs an operation on runs of rows, several at a time, each on one thread; few rows are one run with all threads.
    ///
    /// Where the runs lie depends on the shape alone.
    /// - Shapes: `x` [N, C]; `body` [n, C] -> [n, C]
    func inTiles(of x: Tensor, rows step: Int, _ body: @Sendable (Tensor) throws -> Tensor) throws -> Tensor {
        guard x.shape.count == 2, x.shape[0] >= 8 * step else { return try body(x) }
        let (rows, columns) = (x.shape[0], x.shape[1])
        let result = try Tensor(uninitialized: x.shape)
        try parallel((rows + step - 1) / step) { tile in
            let first = tile * step
            let run = first..<min(first + step, rows)
            let part = try body(try x.slice(run))
            guard part.shape == [run.count, columns] else { throw TensorError.shape("a tile became \(part.shape)") }
            (result.pointer + first * columns).update(from: part.pointer, count: part.count)
        }
        return result
    }

    /// Runs an operation on runs of rows one after the other, each with all threads, to bound its memory.
    ///
    /// - Shapes: `x` [N, C]; `body` [n, C] -> [n, C]
    func inTurns(of x: Tensor, rows step: Int, _ body: (Tensor) throws -> Tensor) throws -> Tensor {
        guard x.shape.count == 2, x.shape[0] > step else { return try body(x) }
        let (rows, columns) = (x.shape[0], x.shape[1])
        let result = try Tensor(uninitialized: x.shape)
        for first in stride(from: 0, to: rows, by: step) {
            let part = try body(try x.slice(first..<min(first + step, rows)))
            guard part.count == min(step, rows - first) * columns else {
                throw TensorError.shape("a run of rows became \(part.shape)")
            }
            (result.pointer + first * columns).update(from: part.pointer, count: part.count)
        }
        return result
    }
}
