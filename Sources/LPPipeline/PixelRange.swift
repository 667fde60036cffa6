import LPTensor

/// Between pixels in 0...1 (pictures) and -1...1 (the autoencoder).
enum PixelRange {
    static func signed(_ x: Tensor, _ compute: Compute) throws -> Tensor { try affine(x, 2, -1, compute) }
    static func unsigned(_ x: Tensor, _ compute: Compute) throws -> Tensor { try affine(x, 0.5, 0.5, compute) }

    private static func affine(_ x: Tensor, _ factor: Float, _ offset: Float, _ compute: Compute) throws -> Tensor {
        let y = try Tensor(uninitialized: x.shape)
        let run = 1 << 16
        try compute.parallel((x.count + run - 1) / run) { part in
            for index in part * run..<min((part + 1) * run, x.count) {
                y.pointer[index] = factor * x.pointer[index] + offset
            }
        }
        return y
    }
}
