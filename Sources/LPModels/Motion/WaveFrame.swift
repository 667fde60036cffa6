import Glibc
import LPTensor

/// Where and how large a region is whose waves a finished clip shows.
///
/// The waves are made for a region as large as the picture. Hair, a flag or a cup of coffee would be carried from side to side as one
/// piece by them, and out of its outline where the clip is to move much: there they are shorter and reach less far.
package struct WaveFrame: Sendable {
    /// Middle of the region, units.
    let x: Float
    let y: Float
    /// How many times as short its waves are, 1...7.
    let scale: Float
    /// The most that the sizes of all its waves may come to, units.
    let farthest: Float
    /// Highest and lowest row, units from the middle down, of a region as wide as a lake or the sea, which recedes; nil for others.
    package let expanse: (top: Float, bottom: Float)?

    /// 0 for a region whose waves are as long as the network says, 1 for one whose waves are much shorter.
    package var smallness: Float { min(1.5 * (scale - 1), 1) }

    /// Of a region that is all of the picture.
    package static let whole = WaveFrame(x: 0, y: 0, scale: 1, farthest: 0.24, expanse: nil)

    /// Half the side, in units, of the smallest region whose waves are as long as the network says.
    private static let full: Float = 0.7
    private static let shortest: Float = 7
    /// Of the side of a square of the region's area.
    private static let reach: Float = 0.2
    /// Share of its row that a lake takes.
    private static let wide = 0.5

    private init(x: Float, y: Float, scale: Float, farthest: Float, expanse: (top: Float, bottom: Float)?) {
        self.x = x
        self.y = y
        self.scale = scale
        self.farthest = farthest
        self.expanse = expanse
    }

    /// - Parameter mask: 0...1, [rows, columns]; the region is where it is more than 0.5, and all of the picture if that is nowhere
    init(mask: Tensor) {
        let (rows, columns) = (mask.shape[0], mask.shape[1])
        let s = (Double(rows) * Double(columns)).squareRoot() / 2
        var (count, sumX, sumY, squaresX, squaresY) = (0.0, 0.0, 0.0, 0.0, 0.0)
        var (lines, widest): ((first: Int, last: Int)?, Double) = (nil, 0)
        for row in 0..<rows {
            let v = (Double(row) + 0.5 - Double(rows) / 2) / s
            let before = count
            for column in 0..<columns where mask.pointer[row * columns + column] > 0.5 {
                let u = (Double(column) + 0.5 - Double(columns) / 2) / s
                count += 1
                sumX += u
                sumY += v
                squaresX += u * u
                squaresY += v * v
            }
            if count > before { lines = (lines?.first ?? row, row) }
            widest = max(widest, count - before)
        }
        guard count > 0 else {
            self = .whole
            return
        }
        let (x, y) = (sumX / count, sumY / count)
        let spread = max(squaresX / count - x * x, 1e-6) * max(squaresY / count - y * y, 1e-6)
        let share = Float(count / Double(mask.count))
        // 1.75 deviations are half the length of a solid shape, as is the root of its area; of a shape in pieces the one is that of all of
        // them, the other hardly more than that of one.
        let half = (1.75 * Float(spread.squareRoot().squareRoot()) * share.squareRoot()).squareRoot()
        // Shorter than in proportion: even so, hardly a quarter of the longest wave lies across a head of hair.
        let shorter = max(Self.full / half, 1)
        self.init(
            x: Float(x), y: Float(y), scale: min(shorter * shorter.squareRoot(), Self.shortest),
            farthest: 2 * Self.reach * share.squareRoot(),
            expanse: lines.flatMap { lines in
                widest < Self.wide * Double(columns) ? nil : (Float((Double(lines.first) - Double(rows) / 2) / s), Float((Double(lines.last) + 1 - Double(rows) / 2) / s))
            })
    }
}
