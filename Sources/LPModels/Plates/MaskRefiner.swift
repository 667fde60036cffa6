import CLPKernels
import LPTensor

/// From a network's coarse mask to one whose edges are the photo's.
///
/// The colours inside and around the mask tell its outline (`ColourCut`) as far as they differ; elsewhere it is the mask's
/// own. Then, within every small window, the mask shall be a linear function of the colour (guided filter): for the mask's
/// own outline in windows as wide as that is uncertain, then in smaller ones that follow hair and leaves. The functions
/// are found on a photo of at most 512 pixels a side and applied to all of its pixels.
package struct MaskRefiner: Sendable {
    /// Whether the outline may move as far as the colours say, up to an eighth of the photo's side; else it stays where
    /// the mask has it, but for some cells.
    package var usesColour: Bool

    /// Whether the mask is of one thing, which is taken away as a whole.
    package var isThing: Bool

    package init(usesColour: Bool = true, isThing: Bool = false) {
        self.usesColour = usesColour
        self.isThing = isThing
    }

    /// - Parameters:
    ///   - mask: [rows, columns], at most 2048 each, 0...1; NaN counts as 0
    ///   - photo: [H, W, 3] or [1, H, W, 3] in 0...1
    /// - Returns: [H, W] in 0...1: 1 inside, 0 outside, soft at edges. Islands and gaps of a few cells of the mask are
    ///   gone.
    /// - Throws: `TensorError.shape`, `.outOfMemory`, `.cancelled`
    package func refine(_ mask: Tensor, photo: Tensor, _ compute: Compute) throws -> Tensor {
        let (height, width) = try PlatePicture.size(photo)
        guard mask.shape.count == 2, mask.count > 0, mask.shape.allSatisfy({ $0 <= 2048 }) else {
            throw TensorError.shape("\(mask.shape) is no mask")
        }
        let guide = try PlatePicture.reduced(photo, to: GuidedFilter.side, compute)  // [1, h, w, 3]
        let (rows, columns) = (guide.shape[1], guide.shape[2])
        let clean = try MaskSpecks.removed(from: mask).reshaped([1] + mask.shape + [1])
        let coarse = try compute.resizeBilinear(clean, height: rows, width: columns, antialias: true)  // [1, h, w, 1]
        // Just below the middle, as thin things hardly reach it in a coarse mask.
        clp_smooth_step(coarse.pointer, coarse.count, 0.2, 0.7)

        let cell = GuidedFilter.cell(of: mask, on: guide)
        let wide = try GuidedFilter.map(coarse, guide, radius: max(Int(cell.rounded()), 2), compute)  // [1, h, w, 4]
        try apply(wide, guide, to: coarse, from: 0.25, to: 0.75, compute)
        if usesColour, let cut = try ColourCut().cut(clean.reshaped(mask.shape), guide, compute), cut.trust > 0 {
            try blend(cut, into: coarse, compute)
        }
        if isThing { try MaskRemainders.join(coarse, guide, compute) }
        let narrow = try GuidedFilter.map(coarse, guide, radius: max(Int((cell / 2).rounded()), 2), compute)  // [1, h, w, 4]
        let full = try compute.resizeBilinear(narrow, height: height, width: width, antialias: false)  // [1, H, W, 4]
        let result = try Tensor(uninitialized: [height, width])
        try apply(full, photo, to: result, from: 0.2, to: 0.8, compute)
        return result
    }

    /// `mask` [1, h, w, 1] becomes the cut, as far as that is trusted.
    private func blend(_ cut: ColourCut.Outcome, into mask: Tensor, _ compute: Compute) throws {
        let picture = try cut.mask.reshaped([1] + cut.mask.shape + [1])
        let enlarged = try compute.resizeBilinear(
            picture, height: mask.shape[1], width: mask.shape[2], antialias: false)  // [1, h, w, 1]
        for index in 0..<mask.count {
            mask.pointer[index] += cut.trust * (enlarged.pointer[index] - mask.pointer[index])
        }
    }

    /// The mask that a map makes of a picture, with contrast: 0 up to `low`, 1 from `high` on.
    private func apply(
        _ map: Tensor, _ picture: Tensor, to mask: Tensor, from low: Float, to high: Float, _ compute: Compute
    ) throws {
        try GuidedFilter.apply(map, picture, to: mask, compute)
        clp_smooth_step(mask.pointer, mask.count, low, high)
    }
}
