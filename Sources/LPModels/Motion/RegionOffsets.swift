import Glibc
import LPTensor

/// What the waves and the drift of a region displace, on a grid over the scene, or over the frame of a small region's waves.
enum RegionOffsets {
    static let side = 192
    /// The grid spans -reach...reach units both ways.
    static let reach: Float = 2.4

    /// Sine and cosine of each wave's phase on the grid, [side * side] each. They are the same for every clip: a frame only turns them.
    private static let phases: [(sines: [Float], cosines: [Float])] = MotionScript.waves.indices.map { index in
        let wave = MotionScript.waves[index]
        let length = 2 * Float.pi * wave.cycles / hypotf(wave.x, wave.y)
        let angles = (0..<side * side).map { cell in
            let x = Float(cell % side) / Float(side - 1) * 2 * reach - reach
            let y = Float(cell / side) / Float(side - 1) * 2 * reach - reach
            // Plane waves look like jelly: their fronts are bent.
            let bend = 0.9 * sinf(2.3 * y + 1.1 * Float(index)) + 0.7 * sinf(2.9 * x + 0.7 * Float(index))
            return length * (wave.x * x + wave.y * y) + bend
        }
        return (angles.map(sinf), angles.map(cosf))
    }

    /// - Returns: [side, side, 2] (x, y) from a point to its source; nil where nothing moves
    static func grid(_ moment: MotionMoment) throws -> Tensor? {
        guard (moment.drift + moment.waves).contains(where: { $0 != 0 }) else { return nil }
        let grid = try Tensor(uninitialized: [side, side, 2])
        for cell in 0..<side * side {
            grid.pointer[2 * cell] = -moment.drift[0]
            grid.pointer[2 * cell + 1] = -moment.drift[1]
        }
        for index in MotionScript.waves.indices {
            let (dx, dy) = (moment.waves[2 * index], moment.waves[2 * index + 1])
            guard abs(dx) + abs(dy) > 1e-6 else { continue }
            // sin(phase - turn) - sin(phase)
            let turn = 2 * Float.pi * moment.periods[index] * moment.time
            let (along, across) = (cosf(turn) - 1, sinf(turn))
            phases[index].sines.withUnsafeBufferPointer { sines in
                phases[index].cosines.withUnsafeBufferPointer { cosines in
                    for cell in 0..<side * side {
                        let value = sines[cell] * along - cosines[cell] * across
                        grid.pointer[2 * cell] -= dx * value
                        grid.pointer[2 * cell + 1] -= dy * value
                    }
                }
            }
        }
        return grid
    }
}
