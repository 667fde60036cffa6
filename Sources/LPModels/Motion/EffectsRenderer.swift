import CLPKernels
import LPTensor

/// Draws new content (snow, rain, fire...) over the frames of a clip, sharp at any size.
///
/// Everything is worked out from seed and time: a frame needs no other frame, and the same input gives the same bytes for
/// any number of threads. Lengths are in short sides of the picture, so that content looks the same at every size.
/// - Reference: Models/FORMAT.md, "Effects".
package struct EffectsRenderer: Sendable {
    private let amounts: [Float]
    private let strength: Float
    private let wind: Float
    private let seed: UInt64
    private let loops: Bool
    private let seconds: Float
    /// The place on the kernels' own grid.
    private let grid: Tensor
    private let isPlaced: Bool

    /// - Parameters:
    ///   - amounts: how much there is of each kind, in the order of `EffectKind`, 0...1; below
    ///     `EffectKind.leastAmount` nothing
    ///   - strength: 0...4, 1 is natural; scales speed and density
    ///   - wind: -1...1, to the right positive
    ///   - loops: time 1 shows what time 0 shows; otherwise content comes up out of nothing
    ///   - seconds: length of the clip, 0.1...600; speeds are a second, not a clip
    ///   - place: [rows, columns] in 0...1, where in the picture the named stuff is; when it marks almost nothing, each
    ///     kind has a place of its own
    /// - Note: Numbers out of range are brought into it; what is no number is 0.
    /// - Throws: `TensorError.shape` for another number of amounts or a place that is no mask; `outOfMemory`.
    package init(
        amounts: [Float], strength: Float, wind: Float, seed: UInt64, loops: Bool, seconds: Float, place: Tensor
    ) throws {
        guard amounts.count == EffectKind.allCases.count, amounts.count == Int(CLP_EFFECTS) else {
            throw TensorError.shape("\(amounts.count) amounts of effects")
        }
        guard place.shape.count == 2, place.count > 0 else { throw TensorError.shape("\(place.shape) is no place") }
        self.amounts = amounts.map { $0 >= EffectKind.leastAmount ? min($0, 1) : 0 }
        self.strength = Self.limited(strength, 0...4)
        self.wind = Self.limited(wind, -1...1)
        self.seed = seed
        self.loops = loops
        self.seconds = Self.limited(seconds, 0.1...600)
        let side = Int(CLP_PLACE_GRID)
        grid = try Tensor(zeros: [side, side])
        isPlaced = clp_effects_place(place.pointer, place.shape[0], place.shape[1], grid.pointer)
    }

    /// Whether frames stay as they are.
    package var isEmpty: Bool { strength == 0 || amounts.allSatisfy { $0 == 0 } }

    /// Draws the content of one moment.
    ///
    /// - Parameters:
    ///   - time: of the clip, 0...1: n / (F - 1), or n / F in a clip that loops
    ///   - frame: [H, W, 3] or [1, H, W, 3] in 0...1, drawn on in place; values stay in 0...1
    /// - Throws: `TensorError.shape`, `outOfMemory`, `cancelled`.
    package func draw(time: Float, onto frame: Tensor, _ compute: Compute) throws {
        let size = Array(frame.shape.suffix(3))
        guard size.count == 3, size[2] == 3, size[0] > 0, size[1] > 0, frame.count == size[0] * size[1] * 3,
            size[0] <= Self.largestSide, size[1] <= Self.largestSide
        else { throw TensorError.shape("effects on \(frame.shape)") }
        if isEmpty { return try compute.checkCancelled() }
        let (height, width) = (size[0], size[1])
        let scene = try Tensor(uninitialized: [clp_effects_scene_floats()])
        var effects = kernel
        effects.daylight = clp_effects_daylight(frame.pointer, height, width)
        if amounts[EffectKind.mist.rawValue] > 0 {
            withUnsafeMutableBytes(of: &effects.tint) { tint in
                clp_effects_tint(frame.pointer, height, width, isPlaced ? grid.pointer : nil, tint.assumingMemoryBound(to: Float.self).baseAddress)
            }
        }
        guard clp_effects_prepare(&effects, time, height, width, scene.pointer) else { return }
        // Rows are shared out in bands of 32, whatever the number of threads.
        try compute.parallel((height + 31) / 32) { band in
            let scratch = try Tensor(uninitialized: [clp_effects_scratch(width)])
            clp_effects_rows(scene.pointer, band * 32, min(band * 32 + 32, height), frame.pointer, scratch.pointer)
        }
    }

    private var kernel: clp_effects {
        var effects = clp_effects()
        withUnsafeMutableBytes(of: &effects.amount) { bytes in
            amounts.withUnsafeBytes { bytes.copyMemory(from: $0) }
        }
        effects.strength = strength
        effects.wind = wind
        effects.seed = seed
        effects.loops = loops
        effects.placed = isPlaced
        effects.seconds = seconds
        effects.grid = UnsafePointer(grid.pointer)
        return effects
    }

    /// Beyond it positions in pixels lose digits.
    private static let largestSide = 16384

    private static func limited(_ value: Float, _ range: ClosedRange<Float>) -> Float {
        guard !value.isNaN else { return max(0, range.lowerBound) }
        return min(max(value, range.lowerBound), range.upperBound)
    }
}
