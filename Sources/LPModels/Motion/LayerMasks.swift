import Glibc
import LPTensor

/// Where in the photo the object and the region are, and how near everything is; on the motion head's grid.
///
/// - Reference: Models/FORMAT.md, "Layers".
package struct LayerMasks: Sendable {
    /// 0...1, [rows, columns]
    package let object: Tensor
    package let region: Tensor
    /// 0 far to 1 near, without edges, [rows, columns]
    package let depth: Tensor
    /// The same as the network says it, edges and all.
    package let nearness: Tensor
    /// The object's middle and half height in units; nil where there is none.
    package let frame: ObjectFrame?
    /// Whether the region is anywhere, and where its waves are.
    package let showsRegion: Bool
    package let waves: WaveFrame

    package struct ObjectFrame: Sendable {
        package let x: Float
        package let y: Float
        package let halfHeight: Float
    }

    /// A mask that nowhere reaches this shows nothing.
    private static let faintest: Float = 0.03
    /// A mask of less than this share of the picture shows nothing.
    private static let smallest: Float = 0.002

    /// - Parameter logits: [rows, columns, 3]
    package init(logits: Tensor) throws {
        guard logits.shape.count == 3, logits.shape[2] == 3, logits.count > 0 else {
            throw TensorError.shape("\(logits.shape) are no masks")
        }
        let size = [logits.shape[0], logits.shape[1]]
        func plane(_ channel: Int) throws -> Tensor {
            let plane = try Tensor(uninitialized: size)
            for index in 0..<plane.count { plane.pointer[index] = 1 / (1 + expf(-logits.pointer[3 * index + channel])) }
            return plane
        }
        object = try plane(0)
        let region = try plane(1)
        self.region = region
        nearness = try plane(2)
        depth = try Self.smooth(nearness)
        Self.sharpen(object)
        Self.sharpen(region)
        frame = Self.frame(object)
        let count = (0..<region.count).count { region.pointer[$0] > 0.5 }
        showsRegion = Float(count) > Self.smallest * Float(region.count)
        waves = showsRegion ? WaveFrame(mask: region) : .whole
    }

    private init(_ masks: LayerMasks, object: Tensor) {
        (self.object, region, depth, nearness) = (object, masks.region, masks.depth, masks.nearness)
        (frame, showsRegion, waves) = (Self.frame(object), masks.showsRegion, masks.waves)
    }

    /// For a finished clip: without what the network likely took for the object besides it.
    package func ofOneThing() throws -> LayerMasks { LayerMasks(self, object: try ObjectParts.ofOneThing(object)) }

    /// Brings up what the network sees but faintly.
    private static func sharpen(_ mask: Tensor) {
        var best: Float = 0
        for index in 0..<mask.count { best = max(best, mask.pointer[index]) }
        guard best > faintest, best < 0.9 else { return }
        for index in 0..<mask.count { mask.pointer[index] *= 0.9 / best }
    }

    /// Without edges: where near and far meet abruptly, a camera that passes by would see things twice, or torn. Two box
    /// means of radius (rows + columns) / 24, borders repeated.
    private static func smooth(_ plane: Tensor) throws -> Tensor {
        let (rows, columns) = (plane.shape[0], plane.shape[1])
        let radius = Int((Float(rows + columns) / 24).rounded(.toNearestOrEven))
        let (from, to) = (try Tensor(uninitialized: plane.shape), try Tensor(uninitialized: plane.shape))
        from.pointer.update(from: plane.pointer, count: plane.count)
        func mean(_ source: Tensor, _ target: Tensor, lines: Int, length: Int, step: Int, next: Int) {
            for line in 0..<lines {
                let (input, output) = (source.pointer + line * next, target.pointer + line * next)
                for place in 0..<length {
                    var sum: Float = 0
                    for offset in -radius...radius { sum += input[min(max(place + offset, 0), length - 1) * step] }
                    output[place * step] = sum / Float(2 * radius + 1)
                }
            }
        }
        for _ in 0..<2 {
            mean(from, to, lines: rows, length: columns, step: 1, next: columns)
            mean(to, from, lines: columns, length: rows, step: columns, next: 1)
        }
        return from
    }

    /// Weighted mean, and 1.75 deviations of the height: half the height of a solid shape.
    private static func frame(_ mask: Tensor) -> ObjectFrame? {
        let (rows, columns) = (mask.shape[0], mask.shape[1])
        let s = (Float(rows) * Float(columns)).squareRoot() / 2
        var (total, x, y, squares) = (0.0, 0.0, 0.0, 0.0)
        for row in 0..<rows {
            let v = Double((Float(row) + 0.5 - Float(rows) / 2) / s)
            for column in 0..<columns {
                let weight = Double(min(max((mask.pointer[row * columns + column] - 0.3) / 0.4, 0), 1))
                total += weight
                x += weight * Double((Float(column) + 0.5 - Float(columns) / 2) / s)
                y += weight * v
                squares += weight * v * v
            }
        }
        guard total > Double(smallest) * Double(mask.count) else { return nil }
        let variance = max(squares / total - (y / total) * (y / total), 1e-8)
        return ObjectFrame(x: Float(x / total), y: Float(y / total), halfHeight: Float(1.75 * variance.squareRoot()))
    }
}
