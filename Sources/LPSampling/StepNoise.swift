import LPTensor

/// The fresh noise that some samplers add after a step: a pure function of seed, step, frame and place, so that a clip
/// does not depend on threads, and its first frames not on how many follow.
package struct StepNoise: Sendable {
    private let noise: PhiloxNoise
    private let zeroMean: Bool

    /// - Parameter zeroMean: as the model's starting noise has it
    package init(seed: UInt64, zeroMean: Bool = false) {
        noise = PhiloxNoise(seed: seed, stream: .step)
        self.zeroMean = zeroMean
    }

    /// - Parameters:
    ///   - x: [F, ...]
    ///   - step: place of the step in the run, from 0
    /// - Returns: unit normals of the shape of `x`
    func tensor(like x: Tensor, step: Int, _ compute: Compute) throws -> Tensor {
        guard let frames = x.shape.first else { throw TensorError.shape("noise for \(x.shape)") }
        return try noise.tensor(
            frames: frames, frameShape: Array(x.shape.dropFirst()), step: step, zeroMean: zeroMean, compute: compute)
    }
}
