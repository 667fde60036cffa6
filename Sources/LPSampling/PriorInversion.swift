import LPTensor

/// How much of the photo's own noise each frame starts from: u_n = α_n inverted + (1 - α_n) noise_n (paper eq. 6).
package struct PriorInversion: Sendable, Equatable {
    /// α of the first and the last frame, 0 ... 1; straight in between.
    package let first: Double
    package let last: Double
    /// √(1 - α²) in place of 1 - α, which keeps the variance of the noise at 1.
    package let variancePreserving: Bool

    /// - Throws: `SamplingError.configuration` for an α outside 0 ... 1
    package init(first: Double, last: Double, variancePreserving: Bool = false) throws {
        guard first >= 0, first <= 1, last >= 0, last <= 1 else {
            throw SamplingError.configuration("prior alphas \(first) and \(last) must lie in 0 to 1")
        }
        self.first = first
        self.last = last
        self.variancePreserving = variancePreserving
    }

    /// α of frame `index` of `count`; a single frame takes the first.
    package func alpha(frame index: Int, of count: Int) -> Double {
        guard count > 1 else { return first }
        return first + (last - first) * Double(index) / Double(count - 1)
    }

    /// - Parameters:
    ///   - inverted: [1, h, w, C], the photo's
    ///   - noise: [F, h, w, C]
    /// - Returns: [F, h, w, C], before the sampler's `initialNoiseScale`
    /// - Throws: `TensorError` when the shapes do not fit
    package func mixed(inverted: Tensor, noise: Tensor, compute: Compute) throws -> Tensor {
        let count = noise.shape.first ?? 0
        guard count > 0, inverted.shape == [1] + noise.shape.dropFirst() else {
            throw TensorError.shape("prior of shape \(inverted.shape) for noise of shape \(noise.shape)")
        }
        let frames = try (0..<count).map { index in
            let alpha = alpha(frame: index, of: count)
            let rest = variancePreserving ? (1 - alpha * alpha).squareRoot() : 1 - alpha
            return try compute.axpby(Float(alpha), inverted, Float(rest), noise.slice(index..<(index + 1)))
        }
        return try compute.concatFirst(frames)  // [F, h, w, C]
    }
}
