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

    /// Mean sine and cosine of each wave's phase over a plane of weights [rows, columns] of the scene; 0 where all weights are.
    static func means(over weights: Tensor, frame: WaveFrame) -> [(sine: Float, cosine: Float)] {
        let (rows, columns) = (weights.shape[0], weights.shape[1])
        let s = (Float(rows) * Float(columns)).squareRoot() / 2
        let cell = Float(side - 1) / (2 * reach) * frame.scale
        func place(_ index: Int, _ count: Int, _ middle: Float) -> Int {
            let units = (Float(index) + 0.5 - Float(count) / 2) / s - middle
            return Int(min(max(units * cell + Float(side - 1) / 2, 0), Float(side - 1)).rounded())
        }
        var sums = [(sine: Float, cosine: Float)](repeating: (0, 0), count: phases.count)
        var total: Float = 0
        for row in 0..<rows {
            let line = place(row, rows, frame.y) * side
            for column in 0..<columns {
                let weight = weights.pointer[row * columns + column]
                guard weight > 0 else { continue }
                let cell = line + place(column, columns, frame.x)
                total += weight
                for wave in phases.indices {
                    sums[wave].sine += weight * phases[wave].sines[cell]
                    sums[wave].cosine += weight * phases[wave].cosines[cell]
                }
            }
        }
        return sums.map { ($0.sine / max(total, 1e-6), $0.cosine / max(total, 1e-6)) }
    }

    /// How much lighter, in log gain, a slope of 1 towards the light makes a liquid, and the most that all of its waves make.
    private static let glint: Float = 0.5
    private static let brightest: Float = 0.3

    /// - Parameters:
    ///   - means: of the waves' sines and cosines, to leave the common part out
    ///   - steepness: of the slopes that catch the light, in those of waves as long as the network says; 0 for waves that catch none
    /// - Returns: [side, side, 3], (x, y) from a point to its source, and the log gain of its light; nil where nothing moves
    static func grid(_ moment: MotionMoment, without means: [(sine: Float, cosine: Float)]? = nil, steepness: Float = 0) throws -> Tensor? {
        guard (moment.drift + moment.waves).contains(where: { $0 != 0 }) else { return nil }
        let grid = try Tensor(uninitialized: [side, side, 3])
        for cell in 0..<side * side {
            grid.pointer[3 * cell] = -moment.drift[0]
            grid.pointer[3 * cell + 1] = -moment.drift[1]
            grid.pointer[3 * cell + 2] = 0
        }
        for index in MotionScript.waves.indices {
            let (dx, dy) = (moment.waves[2 * index], moment.waves[2 * index + 1])
            guard abs(dx) + abs(dy) > 1e-6 else { continue }
            // sin(phase - turn) - sin(phase)
            let turn = 2 * Float.pi * moment.periods[index] * moment.time
            let (along, across) = (cosf(turn) - 1, sinf(turn))
            let common = means.map { $0[index].sine * along - $0[index].cosine * across } ?? 0
            // The light goes with the slopes of the waves, which come up as the clip begins.
            let slope = moment.glint * glint * steepness * hypotf(dx, dy) * 2 * Float.pi * MotionScript.waves[index].cycles
            let (light, shade) = (slope * cosf(turn), slope * sinf(turn))
            phases[index].sines.withUnsafeBufferPointer { sines in
                phases[index].cosines.withUnsafeBufferPointer { cosines in
                    for cell in 0..<side * side {
                        let value = sines[cell] * along - cosines[cell] * across - common
                        grid.pointer[3 * cell] -= dx * value
                        grid.pointer[3 * cell + 1] -= dy * value
                        grid.pointer[3 * cell + 2] += light * cosines[cell] + shade * sines[cell]
                    }
                }
            }
        }
        if steepness != 0 {
            for cell in 0..<side * side { grid.pointer[3 * cell + 2] = min(max(grid.pointer[3 * cell + 2], -brightest), brightest) }
        }
        return grid
    }
}
