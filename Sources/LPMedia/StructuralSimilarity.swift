import Glibc

/// SSIM of pictures of one size: Gaussian window 11x11 with sigma 1.5, K1 = 0.01, K2 = 0.03, L = 255, mean over the
/// positions where the whole window lies inside.
///
/// Equal to scikit-image's `structural_similarity(gaussian_weights=True, sigma=1.5, use_sample_covariance=False,
/// data_range=255)`. Source: Wang et al. 2004, eq. 13.
struct StructuralSimilarity {
    /// Half the window; it has 2 * 5 + 1 taps.
    private static let radius = 5
    private static let stabiliserMean: Float = (0.01 * 255) * (0.01 * 255)
    private static let stabiliserVariance: Float = (0.03 * 255) * (0.03 * 255)
    /// Taken off before squaring, so that float sums keep their digits. Variances do not notice.
    private static let centre: Float = 128

    let side: Int
    private let window: [Float]

    /// - Parameter side: of the square pictures, at least 11.
    init(side: Int) {
        self.side = side
        let raw = (-Self.radius...Self.radius).map { exp(-Double($0 * $0) / (2 * 1.5 * 1.5)) }
        let sum = raw.reduce(0, +)
        window = raw.map { Float($0 / sum) }
    }

    /// One picture with its local means and squares, which two neighbouring pairs share.
    struct Picture {
        let values: [Float]  // [side, side], centred
        let means: [Float]  // [valid, valid]
        let squares: [Float]  // [valid, valid]
    }

    private var valid: Int { side - 2 * Self.radius }

    func prepare(_ luma: [Float]) -> Picture {
        let values = luma.map { $0 - Self.centre }
        return Picture(values: values, means: blur(values), squares: blur(values.map { $0 * $0 }))
    }

    func similarity(_ a: Picture, _ b: Picture) -> Double {
        var products = a.values
        products.withUnsafeMutableBufferPointer { out in
            b.values.withUnsafeBufferPointer { other in
                for index in 0..<out.count { out[index] *= other[index] }
            }
        }
        let cross = blur(products)
        var total = 0.0
        a.means.withUnsafeBufferPointer { meansA in
            b.means.withUnsafeBufferPointer { meansB in
                a.squares.withUnsafeBufferPointer { squaresA in
                    b.squares.withUnsafeBufferPointer { squaresB in
                        for index in 0..<cross.count {
                            let varianceA = squaresA[index] - meansA[index] * meansA[index]
                            let varianceB = squaresB[index] - meansB[index] * meansB[index]
                            let covariance = cross[index] - meansA[index] * meansB[index]
                            let muA = meansA[index] + Self.centre
                            let muB = meansB[index] + Self.centre
                            let above =
                                (2 * muA * muB + Self.stabiliserMean)
                                * (2 * covariance + Self.stabiliserVariance)
                            let below =
                                (muA * muA + muB * muB + Self.stabiliserMean)
                                * (varianceA + varianceB + Self.stabiliserVariance)
                            total += Double(above / below)
                        }
                    }
                }
            }
        }
        return total / Double(cross.count)
    }

    /// Separable Gaussian over the valid region, [side, side] -> [valid, valid].
    private func blur(_ source: [Float]) -> [Float] {
        let valid = valid
        let side = side
        let middle = [Float](unsafeUninitializedCapacity: side * valid) { out, count in
            source.withUnsafeBufferPointer { source in
                for index in 0..<side * valid { out[index] = 0 }
                for y in 0..<side {
                    for tap in 0..<window.count {
                        let weight = window[tap]
                        let from = y * side + tap
                        for x in 0..<valid { out[y * valid + x] += weight * source[from + x] }
                    }
                }
            }
            count = side * valid
        }
        return [Float](unsafeUninitializedCapacity: valid * valid) { out, count in
            middle.withUnsafeBufferPointer { middle in
                for index in 0..<valid * valid { out[index] = 0 }
                for y in 0..<valid {
                    for tap in 0..<window.count {
                        let weight = window[tap]
                        let from = (y + tap) * valid
                        for x in 0..<valid { out[y * valid + x] += weight * middle[from + x] }
                    }
                }
            }
            count = valid * valid
        }
    }
}
