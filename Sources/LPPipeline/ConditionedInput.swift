import LPTensor
import LPWeights

/// The channels that the network sees beside the noisy latent (paper section 3.2, figure 2).
///
/// Letters: F frames, h x w latent cells, C latent channels.
///
/// LivePhoto's order is noise C, reference C, frame 1, intensity 1 (ten channels for C = 4). The order and the presence of
/// each part come from the model's configuration, so that other conditioners run through the same network.
struct ConditionedInput {
    /// The constant channels of every frame in the configuration's order; nil stands for the noisy latent.
    private let parts: [Tensor?]

    /// - Parameters:
    ///   - reference: scaled latent of the photo, [1, h, w, C]
    ///   - frames: F; frame n gets n / (F - 1) in its frame channel, 0 when F is 1
    ///   - intensity: level 1...10
    init(_ configuration: ConditioningConfiguration, reference: Tensor, frames: Int, intensity: Double) throws {
        let height = reference.shape[1]
        let width = reference.shape[2]
        let plane = height * width

        func constantPlanes(_ value: (Int) -> Float) throws -> Tensor {
            let planes = try Tensor(uninitialized: [frames, height, width, 1])
            for frame in 0..<frames {
                (planes.pointer + frame * plane).update(repeating: value(frame), count: plane)
            }
            return planes  // [F, h, w, 1]
        }

        parts = try configuration.layout.map { part in
            switch part.part {
            case .noise:
                return nil
            case .reference:
                let repeated = try Tensor(uninitialized: [frames, height, width, reference.shape[3]])
                for frame in 0..<frames {
                    (repeated.pointer + frame * reference.count).update(from: reference.pointer, count: reference.count)
                }
                return repeated  // [F, h, w, C]
            case .frame:
                return try constantPlanes { frames > 1 ? Float(Double($0) / Double(frames - 1)) : 0 }
            case .intensity:
                return try constantPlanes { _ in configuration.intensityScale * Float(intensity) }
            }
        }
    }

    /// - Parameter noisy: [F, h, w, C]
    /// - Returns: [F, h, w, channels of the layout]
    func callAsFunction(_ noisy: Tensor, _ compute: Compute) throws -> Tensor {
        try compute.concatChannels(parts.map { $0 ?? noisy })
    }
}
