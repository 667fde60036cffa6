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
}
