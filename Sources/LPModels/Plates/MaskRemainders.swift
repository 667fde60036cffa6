import CLPKernels
import LPTensor

/// Adds to a mask what would be left of its thing if it were taken away: a rocket's dark nose, in the sky.
///
/// Close around the mask, whatever differs from a smooth continuation of the surroundings, touches the mask and ends before the surroundings
/// begin belongs to the thing: what goes on further out is the background's.
enum MaskRemainders {
    /// How far from the mask is looked, in parts of the picture's longest side.
    private static let reach: Float = 0.06
    /// A value differs by this at least.
    private static let least: Float = 0.06
    /// The median difference where the surroundings begin: above it they are no background to tell a part from.
    private static let restless: Float = 0.015
    /// Remainders of up to this share of the mask are small enough to be parts that were missed.
    private static let share = 0.12
    /// Width in pixels of the band in which the surroundings begin, and of the mask's own rim, which is soft all around.
    private static let band = 3
    private static let rim = 2

    /// - Shapes: `mask` [1, h, w, 1], changed; `picture` [1, h, w, 3]
    static func join(_ mask: Tensor, _ picture: Tensor, _ compute: Compute) throws {
        let (rows, columns) = (picture.shape[1], picture.shape[2])
        let radius = Int((reach * Float(max(rows, columns))).rounded())
        guard radius > 2 * band else { return }
        let wide = try grown(mask, by: radius, rows, columns)
        let inner = try grown(mask, by: radius - band, rows, columns)
        let weight = try Tensor(uninitialized: [1, rows, columns])
        for index in 0..<weight.count { weight.pointer[index] = wide.pointer[index] == UInt8(CLP_HOLE) ? 0 : 1 }
        let smooth = try PlateFill.smooth(picture, weight: weight, compute)  // [1, h, w, 3]
        let difference = try Tensor(uninitialized: [rows, columns])
        var surroundings: [Float] = []
        for index in 0..<difference.count {
            var most: Float = 0
            for channel in 3 * index..<3 * index + 3 { most = max(most, abs(picture.pointer[channel] - smooth.pointer[channel])) }
            difference.pointer[index] = most
            guard wide.pointer[index] == UInt8(CLP_HOLE), inner.pointer[index] != UInt8(CLP_HOLE) else { continue }
            surroundings.append(most)
        }
        surroundings.sort()
        guard !surroundings.isEmpty, surroundings[surroundings.count / 2] < restless else { return }
        let odd = try Tensor(uninitialized: [rows, columns])
        let edge = try grown(mask, by: rim, rows, columns)
        var area = 0
        for index in 0..<odd.count {
            area += mask.pointer[index] > 0.5 ? 1 : 0
            let beside = wide.pointer[index] == UInt8(CLP_HOLE) && edge.pointer[index] != UInt8(CLP_HOLE)
            odd.pointer[index] = beside && difference.pointer[index] > least ? 1 : 0
        }
        for part in MaskSpecks.parts(of: odd, rows, columns) where part.inside && Double(part.cells.count) < share * Double(area) {
            guard part.cells.allSatisfy({ inner.pointer[$0] == UInt8(CLP_HOLE) }),
                part.cells.contains(where: { cell in around(cell, rows, columns).contains { edge.pointer[$0] == UInt8(CLP_HOLE) } })
            else { continue }
            // With what is left between it and the mask.
            for cell in part.cells {
                for near in around(cell, rows, columns) where difference.pointer[near] > least { mask.pointer[near] = 1 }
            }
        }
    }

    /// Pixels within `radius` of where the mask is above one half are `CLP_HOLE`.
    private static func grown(_ mask: Tensor, by radius: Int, _ rows: Int, _ columns: Int) throws -> Cells<UInt8> {
        let (result, scratch) = (try Cells<UInt8>(rows * columns), try Cells<UInt8>(rows * columns))
        clp_mask_holes(mask.pointer, result.pointer, result.count, 0.5)
        clp_grow_holes(result.pointer, rows, columns, radius, scratch.pointer)
        return result
    }

    /// The pixels that the rim is wide around one, and itself.
    private static func around(_ cell: Int, _ rows: Int, _ columns: Int) -> [Int] {
        let (row, column) = (cell / columns, cell % columns)
        return (max(row - rim, 0)...min(row + rim, rows - 1)).flatMap { y in
            (max(column - rim, 0)...min(column + rim, columns - 1)).map { y * columns + $0 }
        }
    }
}
