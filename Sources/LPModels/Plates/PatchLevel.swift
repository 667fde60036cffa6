import CLPKernels
import LPTensor

/// One level of a picture under patch completion: the memory that `clp_patches` points at.
final class PatchLevel {
    /// Pointers into the memory below.
    var patches: clp_patches
    private(set) var sources: Int = 0
    let sourceIndices: Cells<Int32>
    private let pixels: Cells<Int16>
    private let known: Cells<UInt8>
    private let kind: Cells<UInt8>
    private let share: Cells<UInt8>
    private let match: Cells<Int32>
    private let cost: Cells<Int32>

    var height: Int { patches.height }
    var width: Int { patches.width }
    var pixelCount: Int { patches.height * patches.width }

    /// Empty.
    ///
    /// - Parameter frame: where the picture proper is, as parts of height and width; see `PatchCompletion`
    init(height: Int, width: Int, frame: PatchCompletion.Frame, prices: PatchCompletion.Prices) throws {
        let count = height * width
        sourceIndices = try Cells(count)
        pixels = try Cells(count * 4 + Int(CLP_PATCH_SLACK))
        known = try Cells(count)
        kind = try Cells(count)
        share = try Cells(count)
        match = try Cells(count)
        cost = try Cells(count)
        pixels.fill(0)
        let left = min(Int(frame.left * Float(width)), width - 1)
        let top = min(Int(frame.top * Float(height)), height - 1)
        patches = clp_patches(
            height: height, width: width, pixels: pixels.pointer, known: known.pointer, kind: kind.pointer,
            share: share.pointer, match: match.pointer, cost: cost.pointer, left: left, top: top,
            right: max(Int(frame.right * Float(width)), left + 1),
            bottom: max(Int(frame.bottom * Float(height)), top + 1),
            column_price: prices.column / Float(width * width), row_price: prices.row / Float(height * height))
    }

    /// To be called once `pixels` and `known` are there.
    func classify() {
        sources = clp_patches_classify(&patches, sourceIndices.pointer)
    }

    /// Fills a small level from nothing.
    func peel() throws {
        let ring = try Cells<Int16>(pixelCount)
        let filled = try Cells<Int16>(pixelCount * 4 + Int(CLP_PATCH_SLACK))
        filled.fill(0)
        clp_patches_peel(&patches, sourceIndices.pointer, sources, ring.pointer, filled.pointer)
    }

    /// Starts from what the level of half the size has found.
    func refine(from half: PatchLevel, _ compute: Compute) throws {
        clp_patches_refine(&patches, &half.patches, sourceIndices.pointer, sources)
        try vote(scale: 1, compute)
    }

    func vote(scale: Float, _ compute: Compute) throws {
        let (level, height) = (Shared(patches), height)
        try compute.inBands(height) { first, last in
            var patches = level.patches
            clp_patches_vote(&patches, first, last, scale)
        }
    }

    /// Makes the hole agree with the known part: search for better sources, then take what they say.
    ///
    /// - Parameters:
    ///   - rounds: how often
    ///   - reach: how far the random search goes, in pixels
    func settle(rounds: Int, reach: Int, _ compute: Compute) throws {
        for round in 0..<rounds {
            try compute.checkCancelled()
            clp_patches_score(&patches)
            _ = clp_patches_search(&patches, UInt32(2 * round), reach)
            let mean = clp_patches_search(&patches, UInt32(2 * round + 1), reach)
            // The constant is a difference of about two parts in a thousand of white per value: below it all are as
            // good.
            try vote(scale: Float(mean) + 1000, compute)
        }
    }

    /// The level's description for several threads at once; what they write does not overlap.
    struct Shared: @unchecked Sendable {
        let patches: clp_patches
        init(_ patches: clp_patches) { self.patches = patches }
    }
}
