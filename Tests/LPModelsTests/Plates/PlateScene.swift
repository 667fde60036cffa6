import Glibc
import LPTensor

/// Pictures for the tests of the plates: smooth sky over textured ground, and a disc.
enum PlateScene {
    static func photo(height: Int, width: Int) throws -> Tensor {
        let photo = try Tensor(uninitialized: [height, width, 3])
        for y in 0..<height {
            for x in 0..<width {
                let place = Float(y) / Float(height)
                let grain = Float((x &* 7919 &+ y &* 104_729) % 97) / 97 * 0.2
                let colour: [Float] =
                    place < 0.5 ? [0.3, 0.5 + 0.3 * place, 0.9] : [0.35 + grain, 0.5 + grain, 0.1 + grain / 2]
                for channel in 0..<3 { photo.pointer[(y * width + x) * 3 + channel] = colour[channel] }
            }
        }
        return photo
    }

    /// [height, width], 1 inside; centre and radius in parts of the sides.
    static func disc(height: Int, width: Int, radius: Float = 0.2) throws -> Tensor {
        let mask = try Tensor(zeros: [height, width])
        for y in 0..<height {
            for x in 0..<width {
                let (u, v) = ((Float(x) + 0.5) / Float(width) - 0.5, (Float(y) + 0.5) / Float(height) - 0.5)
                if u * u + v * v <= radius * radius { mask.pointer[y * width + x] = 1 }
            }
        }
        return mask
    }

    /// Intersection over union of two masks cut at one half.
    static func overlap(_ a: Tensor, _ b: Tensor) -> Float {
        var (both, either) = (0, 0)
        for index in 0..<min(a.count, b.count) {
            let (p, q) = (a.pointer[index] > 0.5, b.pointer[index] > 0.5)
            both += p && q ? 1 : 0
            either += p || q ? 1 : 0
        }
        return either == 0 ? 1 : Float(both) / Float(either)
    }
}
