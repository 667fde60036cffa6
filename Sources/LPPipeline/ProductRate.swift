import Glibc
import LPTensor

/// How fast this machine multiplies matrices, measured once per process and number of threads.
final class ProductRate: @unchecked Sendable {
    static let shared = ProductRate()

    private var rates: [Int: Double] = [:]
    private var lock = pthread_mutex_t()

    private init() { pthread_mutex_init(&lock, nil) }

    /// - Returns: multiplications with addition per second, in products of about the networks' size
    func productsPerSecond(_ compute: Compute) throws -> Double {
        pthread_mutex_lock(&lock)
        defer { pthread_mutex_unlock(&lock) }
        if let rate = rates[compute.threads] { return rate }
        let (rows, width) = (4096, 384)
        let x = try Tensor(zeros: [rows, width])
        let weight = Parameter(try Tensor(zeros: [width, width]))
        var best = Double.infinity
        // The first product wakes the threads and sets BLAS up.
        for _ in 0..<4 {
            let start = ProductRate.now
            _ = try compute.linear(x, weight, bias: nil)
            best = min(best, ProductRate.now - start)
        }
        let rate = Double(rows * width * width) / max(best, 1e-9)
        rates[compute.threads] = rate
        return rate
    }

    private static var now: Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
}
