import CLPKernels

/// Values per piece of work in loops over single values: 128 KB.
private let pieceSize = 32768

extension Compute {
    package func activate(_ x: Tensor, _ activation: Activation) throws -> Tensor { try mapped(x, activation.code) }

    /// 1 / (1 + exp(-x)).
    package func sigmoid(_ x: Tensor) throws -> Tensor { try mapped(x, Int32(CLP_SIGMOID)) }

    private func mapped(_ x: Tensor, _ code: Int32) throws -> Tensor {
        let result = try Tensor(uninitialized: x.shape)
        try parallelRuns(x.count, step: pieceSize) { run in
            clp_activate(x.pointer + run.lowerBound, result.pointer + run.lowerBound, run.count, code)
        }
        return result
    }

    /// [..., 2C] -> [..., C]: first half times gelu (with erf) of the second half.
    package func geglu(_ x: Tensor) throws -> Tensor {
        guard !x.shape.isEmpty, x.columns % 2 == 0 else { throw TensorError.shape("geglu: x \(x.shape)") }
        let half = x.columns / 2
        let result = try Tensor(uninitialized: x.shape.dropLast() + [half])
        guard x.count > 0 else { return result }
        try parallelRuns(x.rows, step: max(pieceSize / (2 * half), 1)) { run in
            clp_geglu(x.pointer + run.lowerBound * 2 * half, result.pointer + run.lowerBound * half, run.count, half)
        }
        return result
    }

    package func add(_ a: Tensor, _ b: Tensor) throws -> Tensor {
        guard a.shape == b.shape else { throw TensorError.shape("add: \(a.shape) and \(b.shape)") }
        let result = try Tensor(uninitialized: a.shape)
        try add(a, b, to: result)
        return result
    }

    /// a += b, visible to every tensor that shares a's storage.
    package func addInPlace(_ a: Tensor, _ b: Tensor) throws {
        guard a.shape == b.shape else { throw TensorError.shape("addInPlace: \(a.shape) and \(b.shape)") }
        try add(a, b, to: a)
    }

    private func add(_ a: Tensor, _ b: Tensor, to result: Tensor) throws {
        try parallelRuns(a.count, step: pieceSize) { run in
            clp_add(a.pointer + run.lowerBound, b.pointer + run.lowerBound, result.pointer + run.lowerBound, run.count)
        }
    }

    /// x [N, ..., C] + rows [N or 1, C], the row of an image added to each of its pixels.
    package func addRows(_ x: Tensor, _ rows: Tensor) throws -> Tensor {
        guard x.shape.count >= 2, rows.shape.count == 2, rows.shape[1] == x.columns,
            rows.shape[0] == 1 || rows.shape[0] == x.shape[0]
        else { throw TensorError.shape("addRows: x \(x.shape), rows \(rows.shape)") }
        let result = try Tensor(uninitialized: x.shape)
        guard x.count > 0 else { return result }
        let (images, columns) = (x.shape[0], x.columns)
        let pixels = x.count / images / columns
        let step = max(pieceSize / columns, 1)
        let runs = (pixels + step - 1) / step
        try parallel(images * runs) { index in
            let (image, first) = (index / runs, index % runs * step)
            let offset = (image * pixels + first) * columns
            clp_add_row(
                x.pointer + offset, rows.pointer + (rows.shape[0] == 1 ? 0 : image * columns), result.pointer + offset,
                min(step, pixels - first), columns)
        }
        return result
    }

    package func scale(_ x: Tensor, _ factor: Float) throws -> Tensor {
        let result = try Tensor(uninitialized: x.shape)
        try parallelRuns(x.count, step: pieceSize) { run in
            clp_scale(x.pointer + run.lowerBound, factor, result.pointer + run.lowerBound, run.count)
        }
        return result
    }

    /// a * x + b * y.
    package func axpby(_ a: Float, _ x: Tensor, _ b: Float, _ y: Tensor) throws -> Tensor {
        guard x.shape == y.shape else { throw TensorError.shape("axpby: \(x.shape) and \(y.shape)") }
        let result = try Tensor(uninitialized: x.shape)
        try parallelRuns(x.count, step: pieceSize) { run in
            clp_axpby(
                a, x.pointer + run.lowerBound, b, y.pointer + run.lowerBound, result.pointer + run.lowerBound, run.count
            )
        }
        return result
    }
}
