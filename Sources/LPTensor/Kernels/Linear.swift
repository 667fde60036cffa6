import CLPKernels

extension Compute {
    /// y = act(x Wᵀ + b).
    ///
    /// - Parameters:
    ///   - x: [..., K]
    ///   - weight: [N, K], PyTorch's layout. A stored weight of 16 bits is widened on each call.
    ///   - bias: [N]
    /// - Returns: [..., N]
    package func linear(_ x: Tensor, _ weight: Parameter, bias: Tensor?, activation: Activation = .none) throws
        -> Tensor
    {
        guard weight.shape.count == 2, !x.shape.isEmpty, x.columns == weight.shape[1],
            bias == nil || bias?.shape == [weight.shape[0]]
        else {
            throw TensorError.shape("linear: x \(x.shape), weight \(weight.shape), bias \(describe(bias))")
        }
        let (n, k) = (weight.shape[0], weight.shape[1])
        let result = try Tensor(uninitialized: x.shape.dropLast() + [n])
        let m = k == 0 ? x.shape.dropLast().reduce(1, *) : x.rows
        guard result.count > 0 else { return result }
        let weights = try widened(weight)  // [N, K]
        let tiles = ProductTiles(rows: m, columns: n)
        try counted(flops: 2 * Double(m) * Double(n) * Double(k)) {
            try parallel(tiles.count) { index in
                let (rows, columns) = tiles[index]
                let target = result.pointer + rows.lowerBound * n + columns.lowerBound
                let (input, part) = (x.pointer + rows.lowerBound * k, weights.pointer + columns.lowerBound * k)
                if m <= 4 {
                    clp_few_rows(input, part, target, rows.count, columns.count, k, n)
                } else {
                    try BLAS.product(
                        rows.count, columns.count, k, .init(pointer: input, stride: k),
                        .init(pointer: part, stride: k, transposed: true), target, stride: n)
                }
                clp_bias_activation(
                    target, bias.map { $0.pointer + columns.lowerBound }, rows.count, columns.count, n, activation.code)
            }
        }
        return result
    }

    /// The floats of a stored weight, widened by all threads where it is not floats yet.
    package func widened(_ weight: Parameter) throws -> Tensor {
        if weight.precision == .float32 { return try weight.readable() }
        try weight.verify()
        let result = try Tensor(uninitialized: weight.shape)
        try parallelRuns(result.count, step: 1 << 16) { run in
            weight.widen(run, to: result.pointer + run.lowerBound)
        }
        return result
    }

    func describe(_ tensor: Tensor?) -> String { tensor.map { "\($0.shape)" } ?? "none" }
}
