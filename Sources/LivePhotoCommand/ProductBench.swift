import LPTensor

/// Speed of matrix products as the networks ask for them, through the engine's own linear layer.
struct ProductBench {
    struct Result {
        let rows: Int
        let outputs: Int
        let inputs: Int
        let gigaflops: Double

        var text: String { "\(rows) x \(outputs) x \(inputs)   \(Plot.fixed(gigaflops, 1)) GFLOP/s" }
        var json: JSONObject {
            JSONObject([("rows", rows), ("outputs", outputs), ("inputs", inputs), ("gflops", gigaflops)])
        }
    }

    let threads: Int

    /// Tokens of a mini clip, tokens of a full-size one, and a square for comparison with other tools.
    private static let sizes = [(4096, 256, 256), (16384, 320, 320), (4096, 1280, 1280), (2048, 2048, 2048)]

    func run() throws -> [Result] {
        BLAS.prepare()
        let compute = Compute(threads: threads)
        do {
            return try ProductBench.sizes.map { try time($0.0, $0.1, $0.2, compute) }
        } catch {
            throw Failure(message: "the products cannot be timed: \(error)", exitCode: 70)
        }
    }

    /// Fastest of five.
    private func time(_ rows: Int, _ outputs: Int, _ inputs: Int, _ compute: Compute) throws -> Result {
        let x = try Tensor(zeros: [rows, inputs])
        let weight = Parameter(try Tensor(zeros: [outputs, inputs]))
        var best = Double.infinity
        for _ in 0..<5 {
            try Interruption.check()
            let start = ContinuousClock.now
            _ = try compute.linear(x, weight, bias: nil)
            best = min(best, (ContinuousClock.now - start) / .seconds(1))
        }
        let operations = 2.0 * Double(rows) * Double(outputs) * Double(inputs)
        return Result(rows: rows, outputs: outputs, inputs: inputs, gigaflops: operations / best / 1e9)
    }
}
