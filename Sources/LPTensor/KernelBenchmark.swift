/// Times the kernels at the sizes of a small video network, so that a user sees what the machine gives and a change shows.
package struct KernelBenchmark {
    /// One measurement: the fastest of several runs.
    package struct Row: Sendable {
        package let name: String
        package let shape: String
        package let seconds: Double
        /// In `unit`: products count two operations per multiplication, loops the bytes they must read and write.
        package let rate: Double
        package let unit: String
    }

    private let compute: Compute
    private let seconds: Double

    /// - Parameter seconds: time spent on each measurement, in seconds.
    package init(compute: Compute, seconds: Double = 0.2) {
        self.compute = compute
        self.seconds = min(max(seconds, 0), 60)
    }

    /// All rows, in about 15 times the given seconds.
    package func run() throws -> [Row] {
        try products() + convolutions() + attentions() + loops()
    }

    private func products() throws -> [Row] {
        try [(4096, 1536, 192), (4096, 192, 768), (1024, 1024, 1024), (77, 512, 512), (2, 1024, 1024)].map { m, n, k in
            let x = try filled([m, k])
            let weight = try Parameter(filled([n, k]))
            let bias = try filled([n])
            return try measured("linear", "[\(m), \(k)] x [\(k), \(n)]", flops: 2.0 * Double(m) * Double(n) * Double(k))
            {
                _ = try compute.linear(x, weight, bias: bias)
            }
        }
    }

    private func convolutions() throws -> [Row] {
        let sizes = [
            (16, 16, 128, 128, 3), (16, 32, 96, 96, 3), (16, 32, 10, 64, 3), (16, 8, 256, 256, 3), (16, 32, 96, 96, 1),
        ]
        return try sizes.map { frames, size, inputs, outputs, kernel in
            let x = try filled([frames, size, size, inputs])
            let weight = try ConvolutionWeight(Parameter(filled([outputs, inputs, kernel, kernel])))
            let bias = try filled([outputs])
            let flops = 2.0 * Double(frames * size * size) * Double(outputs * inputs * kernel * kernel)
            let shape = "\(x.shape) -> \(outputs), \(kernel)x\(kernel)"
            return try measured("conv2d", shape, flops: flops) {
                _ = try compute.conv2d(x, weight, bias: bias, stride: 1, padding: .all(kernel / 2))
            }
        }
    }

    private func attentions() throws -> [Row] {
        try [(256, 16, 16, 128, 4), (16, 256, 256, 128, 4), (16, 1024, 1024, 96, 4), (16, 256, 77, 128, 4)]
            .map { batches, queries, keys, width, heads in
                let q = try filled([batches, queries, width])
                let k = try filled([batches, keys, width])
                let flops = 4.0 * Double(batches * queries) * Double(keys * width)
                let shape = "[\(batches), \(queries), \(width)] to \(keys), \(heads) heads"
                return try measured("attention", shape, flops: flops) {
                    _ = try compute.attention(q, k, k, heads: heads)
                }
            }
    }

    private func loops() throws -> [Row] {
        let x = try filled([16, 32, 32, 96])
        let wide = try filled([16, 256, 1024])
        let gamma = try filled([96])
        let flow = try filled([16, 32, 32, 2])
        let bytes = Double(x.count) * 8
        return try [
            measured("groupNorm + silu", "\(x.shape)", bytes: bytes * 1.5) {
                _ = try compute.groupNorm(x, gamma: gamma, beta: gamma, groups: 32, epsilon: 1e-5, activation: .silu)
            },
            measured("layerNorm", "\(x.shape)", bytes: bytes) {
                _ = try compute.layerNorm(x, gamma: gamma, beta: gamma, epsilon: 1e-5)
            },
            measured("gelu", "\(x.shape)", bytes: bytes) { _ = try compute.activate(x, .gelu) },
            measured("geglu", "\(wide.shape)", bytes: Double(wide.count) * 6) { _ = try compute.geglu(wide) },
            measured("add", "\(x.shape)", bytes: bytes * 1.5) { _ = try compute.add(x, x) },
            measured("swapFirstTwo", "[16, 1024, 96]", bytes: bytes) {
                _ = try compute.swapFirstTwo(x.reshaped([16, 1024, 96]))
            },
            measured("warp bicubic", "\(x.shape)", bytes: bytes) {
                _ = try compute.warp(x, flow: flow, mode: .bicubic, border: .clamp)
            },
        ]
    }

    private func measured(
        _ name: String, _ shape: String, flops: Double? = nil, bytes: Double = 0, _ body: () throws -> Void
    ) throws -> Row {
        try body()
        var best = Double.infinity
        let start = Clock.nanoseconds
        repeat {
            let before = Clock.nanoseconds
            try body()
            best = min(best, Double(Clock.nanoseconds - before) * 1e-9)
        } while Double(Clock.nanoseconds - start) * 1e-9 < seconds
        let rate = (flops ?? bytes) / max(best, 1e-9) * 1e-9
        return Row(name: name, shape: shape, seconds: best, rate: rate, unit: flops == nil ? "GB/s" : "GFLOP/s")
    }

    /// Values that are cheap to make and not all alike.
    private func filled(_ shape: [Int]) throws -> Tensor {
        let result = try Tensor(uninitialized: shape)
        for index in 0..<result.count { result.pointer[index] = Float(index % 251) * 0.008 - 1 }
        return result
    }
}
