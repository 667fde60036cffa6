import CLPKernels
import LPTensor

/// Fills holes of a picture with pieces of the rest of it.
///
/// Every patch that touches the hole shall look like some patch of the known part. That is reached from coarse to fine:
/// the smallest level is filled from its edge inwards, then each level alternates between finding the most similar
/// known patches and averaging what they say (Wexler et al. 2007, with PatchMatch). The finest level has at most
/// `finestSide` pixels a side; from it only the matches are used. The picture's own pixels are copied by them, and a
/// correction makes copies agree where they meet.
///
/// The same bytes come out at any number of threads.
struct PatchCompletion {
    /// Where the photo proper is in the picture, in parts of width and height. Sources are dear if they are far from
    /// the target, as seen from the nearest place in this frame: for a margin that is the photo's edge.
    struct Frame {
        var left: Float = 0
        var top: Float = 0
        var right: Float = 1
        var bottom: Float = 1
    }

    /// The price of a source that is a whole width or height away, in squared differences of patches (196 values in
    /// 0...1020). Pictures are layered by height, so other rows are dearer than other columns.
    struct Prices {
        var column: Float
        var row: Float
    }

    var frame = Frame()
    var prices: Prices

    /// Longest side of the finest level on which patches are compared.
    private static let finestSide = 384
    /// Levels of up to this many pixels are not halved again: smaller ones no longer show what goes on beyond an edge.
    private static let coarsestArea = 8000
    /// Fewer sources than this are no texture.
    private static let fewestSources = 24
    /// Rounds of search and vote, from the coarsest level on.
    private static let rounds = [12, 8, 4, 3]
    private static let relaxations = 60
    /// The correction of a seam fades over about 30 pixels of the finest level.
    private static let stiffness: Float = 1e-3

    /// - Parameters:
    ///   - picture: [H, W, 3] in 0...1; changed where `known` is `CLP_HOLE`
    ///   - known: [H * W]
    /// - Returns: false, and the picture as it was, where the known part is too small to be copied from.
    func fill(
        _ picture: Tensor, known: Cells<UInt8>, height: Int, width: Int, _ compute: Compute
    ) throws -> Bool {
        guard let levels = try pyramid(picture, known, height, width, compute), let finest = levels.first else {
            return false
        }
        for (round, index) in levels.indices.reversed().enumerated() {
            let level = levels[index]
            try compute.checkCancelled()
            if index + 1 < levels.count {
                try level.refine(from: levels[index + 1], compute)
            } else {
                try level.peel()
            }
            // Where things belong is decided on the coarse levels; the fine ones only look around.
            let side = max(level.height, level.width)
            try level.settle(
                rounds: Self.rounds[min(round, Self.rounds.count - 1)], reach: max(side / (round < 2 ? 2 : 16), 1),
                compute)
        }
        let correction = try correction(of: finest, compute)
        try transfer(finest, correction, picture, known, height, width, compute)
        return true
    }

    /// The picture at `finestSide` and halved again and again; nil if nothing can be copied.
    private func pyramid(
        _ picture: Tensor, _ known: Cells<UInt8>, _ height: Int, _ width: Int, _ compute: Compute
    ) throws -> [PatchLevel]? {
        let scale = min(Float(Self.finestSide) / Float(max(height, width)), 1)
        let rows = min(max(Int((Float(height) * scale).rounded()), 1), height)
        let columns = min(max(Int((Float(width) * scale).rounded()), 1), width)
        let smallest = 2 * Int(CLP_PATCH_RADIUS) + 1
        guard min(rows, columns) >= smallest else { return nil }
        let finest = try PatchLevel(height: rows, width: columns, frame: frame, prices: prices)
        let shared = PatchLevel.Shared(finest.patches)
        try compute.inBands(rows) { first, last in
            var patches = shared.patches
            clp_patches_reduce(&patches, picture.pointer, known.pointer, height, width, first, last)
        }
        clp_patches_texture(&finest.patches, 0, rows)
        finest.classify()
        guard finest.sources >= Self.fewestSources else { return nil }
        var levels = [finest]
        while let level = levels.last, level.pixelCount > Self.coarsestArea,
            min(level.height, level.width) >= 2 * smallest
        {
            let half = try PatchLevel(
                height: (level.height + 1) / 2, width: (level.width + 1) / 2, frame: frame, prices: prices)
            clp_patches_halve(&level.patches, &half.patches)
            half.classify()
            guard half.sources >= Self.fewestSources else { break }
            levels.append(half)
        }
        return levels
    }

    /// - Returns: [h, w, 4] of the finest level
    private func correction(of level: PatchLevel, _ compute: Compute) throws -> Tensor {
        let seams = try Tensor(uninitialized: [level.height, level.width, 4])
        let correction = try Tensor(zeros: [level.height, level.width, 4])
        let shared = PatchLevel.Shared(level.patches)
        try compute.inBands(level.height) { first, last in
            var patches = shared.patches
            clp_patches_seams(&patches, first, last, seams.pointer)
        }
        for sweep in 0..<2 * Self.relaxations {
            try compute.inBands(level.height) { first, last in
                var patches = shared.patches
                clp_patches_relax(
                    &patches, seams.pointer, correction.pointer, first, last, Int32(sweep % 2), Self.stiffness)
            }
        }
        return correction
    }

    private func transfer(
        _ level: PatchLevel, _ correction: Tensor, _ picture: Tensor, _ known: Cells<UInt8>, _ height: Int,
        _ width: Int,
        _ compute: Compute
    ) throws {
        let range = try Tensor(uninitialized: [6])
        _ = clp_known_range(picture.pointer, known.pointer, height * width, range.pointer, range.pointer + 3)
        let shared = PatchLevel.Shared(level.patches)
        try compute.inBands(height) { first, last in
            var patches = shared.patches
            clp_patches_transfer(
                &patches, correction.pointer, known.pointer, height, width, first, last, range.pointer,
                range.pointer + 3, picture.pointer)
        }
    }
}
