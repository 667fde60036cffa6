import Glibc

/// A 32x32 blue-noise threshold mask, made once by void-and-cluster. It tiles without seams; being fixed to the
/// picture, it does not flicker from frame to frame as error diffusion does.
/// Source: Ulichney 1993, "The void-and-cluster method for dither array generation".
enum DitherMask {
    static let side = 32

    /// Thresholds [32, 32], each of 0..<1024 once.
    static let ranks: [Int] = make()

    private static func make() -> [Int] {
        let count = side * side
        let kernel = gaussian()
        var energy = [Float](repeating: 0, count: count)
        var ranks = [Int](repeating: 0, count: count)
        var isTaken = [Bool](repeating: false, count: count)
        // Filling the largest void again and again; the first point breaks the symmetry.
        for rank in 0..<count {
            var best = -1
            for index in 0..<count where !isTaken[index] && (best < 0 || energy[index] < energy[best]) { best = index }
            if rank == 0 { best = 5 * side + 11 }
            isTaken[best] = true
            ranks[best] = rank
            let x = best % side
            let y = best / side
            for other in 0..<count {
                let dx = (other % side - x + side) % side
                let dy = (other / side - y + side) % side
                energy[other] += kernel[dy * side + dx]
            }
        }
        return ranks
    }

    /// exp(-r^2 / (2 * 1.9^2)) on the torus.
    private static func gaussian() -> [Float] {
        (0..<side * side).map { index in
            let x = min(index % side, side - index % side)
            let y = min(index / side, side - index / side)
            return Float(exp(-Double(x * x + y * y) / (2 * 1.9 * 1.9)))
        }
    }
}
