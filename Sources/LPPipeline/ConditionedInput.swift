import LPTensor
import LPWeights

/// The channels that the network sees beside the noisy latent (paper section 3.2, figure 2).
///
/// Letters: F frames, h x w latent cells, C latent channels.
///
/// LivePhoto's order is noise C, reference C, frame 1, intensity 1 (ten channels for C = 4); PIA's noise, affinity 1,
/// reference; AnimateDiff has noise alone. The order and the presence of each part come from the model's configuration,
/// so that every conditioner runs through the same network.
struct ConditionedInput {
    /// The constant channels of every frame in the configuration's order; nil stands for the noisy latent.
    private let parts: [Tensor?]

    /// - Parameters:
    ///   - reference: scaled latent of the photo, [1, h, w, C]
    ///   - frames: F; frame n gets n / (F - 1) in its frame channel, 0 when F is 1
    ///   - intensity: level 1...10
    ///   - loops: frames count by their distance around the ring: frame n gets 2 min(n, F - n) / F
    init(
        _ configuration: ConditioningConfiguration, reference: Tensor, frames: Int, intensity: Double, loops: Bool = false
    ) throws {
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
                return try constantPlanes { Float(Self.place($0, of: frames, loops: loops)) }
            case .affinity:
                return try constantPlanes { frame in
                    Float(
                        configuration.affinity?.value(frame: frame, of: frames, level: intensity, loops: loops) ?? 1)
                }
            case .intensity:
                return try constantPlanes { _ in configuration.intensityScale * Float(intensity) }
            }
        }
    }

    /// Where a frame stands in its clip, 0...1.
    private static func place(_ frame: Int, of frames: Int, loops: Bool) -> Double {
        guard frames > 1 else { return 0 }
        return loops ? Double(2 * min(frame, frames - frame)) / Double(frames) : Double(frame) / Double(frames - 1)
    }

    /// - Parameter noisy: [F, h, w, C]
    /// - Returns: [F, h, w, channels of the layout]
    func callAsFunction(_ noisy: Tensor, _ compute: Compute) throws -> Tensor {
        try compute.concatChannels(parts.map { $0 ?? noisy })
    }
}
