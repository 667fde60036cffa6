import LPTensor

/// How fast this machine multiplies matrices, measured once per process and number of threads.
final class ProductRate: @unchecked Sendable {
    static let shared = ProductRate()

    private let lock = Lock()
    private var rates: [Int: Double] = [:]

    /// - Returns: multiplications with addition per second, in products of about the networks' size
    func productsPerSecond(_ compute: Compute) throws -> Double {
        try lock.holding {
            if let rate = rates[compute.threads] { return rate }
            let rate = try ProductRate.measured(compute)
            rates[compute.threads] = rate
            return rate
        }
    }

    private static func measured(_ compute: Compute) throws -> Double {
        let (rows, width) = (4096, 384)
        let x = try Tensor(zeros: [rows, width])
        let weight = Parameter(try Tensor(zeros: [width, width]))
        var best = Double.infinity
        // The first product wakes the threads and sets BLAS up.
        for _ in 0..<4 {
            let start = Clock.seconds
            _ = try compute.linear(x, weight, bias: nil)
            best = min(best, Clock.seconds - start)
        }
        return Double(rows * width * width) / max(best, 1e-9)
    }
}
