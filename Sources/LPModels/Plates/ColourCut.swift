import CLPKernels
import LPTensor

/// Finds what a coarse mask means by the photo's colours: where a network's blob is right about the place but not about
/// the outline.
///
/// Histograms of the colours inside and around the mask say for each pixel on which side it is, together with its place;
/// neighbours that look alike share what is said about them; the outcome gives better histograms. Like GrabCut (Rother
/// et al. 2004), but soft throughout, so that thin and half covered things survive.
struct ColourCut {
    /// 0...1 inside, [h, w], and how far to rely on it.
    struct Outcome {
        var mask: Tensor
        var trust: Float
    }

    /// Longest side at which the cut is made.
    private static let side = 160
    /// Masks that are nowhere above this are noise.
    private static let faint: Float = 0.05
    /// A mask is taken as if it reached 1 at its peak, unless that is below this.
    private static let lowestPeak: Float = 0.3
    /// In parts of the longest side: by how much the mask's outline may be wrong, and how soft it is.
    private static let reach: Float = 0.12
    private static let softness: Float = 0.036
    private static let rounds = 4
    private static let sweeps = 25

    /// - Parameters:
    ///   - mask: [rows, columns] in 0...1
    ///   - picture: [1, H, W, 3]
    /// - Returns: nil if there is nothing to cut out
    /// - Throws: `TensorError.outOfMemory`, `.cancelled`
    func cut(_ mask: Tensor, _ picture: Tensor, _ compute: Compute) throws -> Outcome? {
        let peak = mask.array.max() ?? 0
        guard peak > Self.faint else { return nil }
        let small = try PlatePicture.reduced(picture, to: Self.side, compute)  // [1, h, w, 3]
        let (rows, columns) = (small.shape[1], small.shape[2])
        let coarse = try compute.resizeBilinear(
            try mask.reshaped([1] + mask.shape + [1]), height: rows, width: columns, antialias: true)  // [1, h, w, 1]
        let factor = 1 / max(peak, Self.lowestPeak)
        for index in 0..<coarse.count { coarse.pointer[index] = min(coarse.pointer[index] * factor, 1) }

        let side = Float(max(rows, columns))
        let place = try softened(coarse, by: Self.softness * side, compute)
        let near = try softened(coarse, by: Self.reach * side, compute)
        clp_smooth_step(near.pointer, near.count, 0.004, 0.03)
        return try settle(small, coarse, place, near, compute)
    }

    /// - Shapes: `picture` [1, h, w, 3], the others [1, h, w, 1]
    private func settle(
        _ picture: Tensor, _ coarse: Tensor, _ place: Tensor, _ near: Tensor, _ compute: Compute
    ) throws -> Outcome {
        let (rows, columns, count) = (picture.shape[1], picture.shape[2], coarse.count)
        let bins = try Cells<Int32>(count)
        clp_cut_bins(picture.pointer, bins.pointer, count)
        let edges = try Tensor(uninitialized: [rows, columns, 4])
        clp_cut_edges(picture.pointer, rows, columns, edges.pointer)

        let belief = try Tensor(uninitialized: coarse.shape)
        belief.pointer.update(from: coarse.pointer, count: count)
        let inside = try Tensor(uninitialized: [Int(CLP_CUT_BINS)])
        let outside = try Tensor(uninitialized: inside.shape)
        let scratch = try Tensor(uninitialized: inside.shape)
        // First the weights of the pixels inside and outside, then what is to become of the pixels.
        let (first, second) = (try Tensor(uninitialized: coarse.shape), try Tensor(uninitialized: coarse.shape))
        for _ in 0..<Self.rounds {
            try compute.checkCancelled()
            clp_cut_weights(
                coarse.pointer, near.pointer, belief.pointer, first.pointer, second.pointer, count)
            clp_cut_histogram(bins.pointer, first.pointer, count, inside.pointer, scratch.pointer)
            clp_cut_histogram(bins.pointer, second.pointer, count, outside.pointer, scratch.pointer)
            clp_cut_targets(
                place.pointer, near.pointer, bins.pointer, inside.pointer, outside.pointer, first.pointer,
                second.pointer, count)
            clp_cut_relax(
                edges.pointer, first.pointer, second.pointer, rows, columns, Int32(Self.sweeps), belief.pointer)
        }
        clp_smooth_step(belief.pointer, count, 0.3, 0.7)
        keepFounded(belief, coarse, rows, columns)
        let overlap = clp_cut_overlap(inside.pointer, outside.pointer)
        return Outcome(mask: try belief.reshaped([rows, columns]), trust: trust(belief, coarse, overlap: overlap))
    }

    /// Parts of the cut that the coarse mask knows nothing of go: things of like colours nearby. So do holes that it knows
    /// nothing of: prints on a shirt, windows of a house.
    private func keepFounded(_ cut: Tensor, _ coarse: Tensor, _ rows: Int, _ columns: Int) {
        for part in MaskSpecks.parts(of: cut, rows, columns) {
            if part.inside, part.cells.allSatisfy({ coarse.pointer[$0] < 0.5 }) {
                for cell in part.cells { cut.pointer[cell] = 0 }
            } else if !part.inside, part.cells.allSatisfy({ coarse.pointer[$0] > 0.4 }) {
                for cell in part.cells { cut.pointer[cell] = 1 }
            }
        }
    }

    /// Low if inside and outside have the same colours, if the area has become another one, or if the middle is lost.
    private func trust(_ cut: Tensor, _ coarse: Tensor, overlap: Float) -> Float {
        var (area, before, kept, core) = (Float(0), Float(0), Float(0), Float(0))
        for index in 0..<cut.count {
            let (value, soft) = (cut.pointer[index], coarse.pointer[index])
            area += value
            before += soft
            if soft > 0.75 {
                kept += value
                core += 1
            }
        }
        let growth = area / max(before, 1e-6)
        return Self.step(growth, 0.25, 0.45) * (1 - Self.step(growth, 1.9, 2.5))
            * Self.step(kept / max(core, 1), 0.3, 0.5) * (1 - Self.step(overlap, 0.55, 0.8))
    }

    private static func step(_ value: Float, _ low: Float, _ high: Float) -> Float {
        let t = min(max((value - low) / (high - low), 0), 1)
        return t * t * (3 - 2 * t)
    }

    /// Means over means over squares of about `radius`, [1, h, w, 1].
    private func softened(_ mask: Tensor, by radius: Float, _ compute: Compute) throws -> Tensor {
        let radius = max(Int(radius.rounded()), 1)
        return try compute.boxMeans(try compute.boxMeans(mask, radius: radius), radius: radius)
    }
}
