import LPTensor

extension Tensor {
    /// Mean over the first axis, which stays as one row: [F, ...] -> [1, ...]. Summed in order, so that the bytes are
    /// always the same.
    ///
    /// - Throws: `TensorError.shape` if there is no row
    func meanOverFirst() throws -> Tensor {
        guard let rows = shape.first, rows > 0 else { throw TensorError.shape("no rows to average: \(shape)") }
        guard rows > 1 else { return self }
        let width = count / rows
        let mean = try Tensor(zeros: [1] + shape.dropFirst())
        for row in 0..<rows {
            for index in 0..<width { mean.pointer[index] += pointer[row * width + index] }
        }
        for index in 0..<width { mean.pointer[index] /= Float(rows) }
        return mean
    }
}
