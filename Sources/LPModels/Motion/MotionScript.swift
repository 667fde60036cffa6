import Glibc

/// What a clip does: trajectories of camera, object, region and light, waves, and new content.
///
/// Sizes and forms are apart: `shape` and `fixed` hold each group at size 1 (or 0), `logSizes` how large it is.
/// - Reference: Models/FORMAT.md, "Motion program".
package struct MotionScript: Sendable {
    /// Trajectories of each group, in this order.
    package enum Group: Int, CaseIterable, Sendable {
        /// tx, ty, zoom, angle, parallax x, parallax y
        case camera
        /// tx, ty, zoom, angle, width, bend x, bend y
        case object
        /// drift x, drift y
        case region
        /// log gain of red, green, blue
        case light

        var trajectories: Range<Int> {
            switch self {
            case .camera: 0..<6
            case .object: 6..<13
            case .region: 13..<15
            case .light: 15..<18
            }
        }
    }

    /// Direction of travel, waves per unit, and whole periods in the clip of the waves that a region can carry.
    package static let waves: [(x: Float, y: Float, cycles: Float, periods: Float)] = [
        (1, 0.3, 0.125, 2), (1, 0.3, 0.3, 3), (1, 0.3, 0.6, 1), (1, -0.2, 1.1, 4),
        (0.3, 1, 0.75, 1), (0.3, 1, 1.25, 2), (-0.25, 1, 2, 3), (0.2, -1, 0.5, 2),
    ]
    /// Whole periods of the same waves in a finished clip. The measure of motion sees how much neighbouring frames differ, people see how
    /// far things go: at the same measured level slower waves reach farther, and look less like a jelly.
    package static let calmPeriods: [Float] = [1, 2, 1, 2, 1, 2, 2, 1]
    package static let effectCount = 11
    static let trajectoryCount = 18
    static let shapeCount = trajectoryCount * TimeBasis.count
    static let fixedCount = 2 * waves.count + effectCount + 4
    static let sizeCount = 5

    /// Weights of the functions of time, [18, 16] row by row.
    var shape: [Float]
    /// Waves [8, 2], logits of new content [11], sweep, pivot, wind, speed.
    var fixed: [Float]
    /// Of camera, object, region, light, new content.
    var logSizes: [Float]

    init(shape: [Float], fixed: [Float], logSizes: [Float]) {
        self.shape = shape
        self.fixed = fixed
        self.logSizes = logSizes
    }

    /// How much of each kind of new content there is, 0...1 each.
    package var effects: [Float] { fixed[2 * Self.waves.count..<2 * Self.waves.count + Self.effectCount].map(Self.sigmoid) }
    var sweep: Float { fixed[Self.fixedCount - 4] }
    /// 0: the object turns about its middle, 1: about its foot.
    var pivot: Float { Self.sigmoid(fixed[Self.fixedCount - 3]) }
    /// -1...1, to the right.
    package var wind: Float { tanhf(fixed[Self.fixedCount - 2]) }
    /// -1 said to be slow ... 1 said to be fast.
    package var speed: Float { tanhf(fixed[Self.fixedCount - 1]) }
    /// Strength of the new content, 1 is natural.
    package var effectStrength: Float { size(4) }

    /// How far all of a region rises, 0...1: mist and smoke do, and nothing else.
    package var rises: Float {
        let (across, down) = regionEnd
        return -down > abs(across) ? min(max((-down - 0.25) / 0.5, 0), 1) : 0
    }

    /// -1...1, how far all of a region goes aside, to the right positive: clouds do, and nothing else.
    package var drifts: Float {
        let (across, down) = regionEnd
        return abs(across) > abs(down) ? min(max(across / 0.75, -1), 1) : 0
    }

    /// Where a region of size 1 has drifted to at the clip's end.
    private var regionEnd: (across: Float, down: Float) {
        let basis = TimeBasis.values(at: 1, loops: false)
        return (value(Group.region.trajectories.lowerBound, basis), value(Group.region.trajectories.lowerBound + 1, basis))
    }

    /// Guidance, as on the prediction: n + g (p - n) on every number.
    package static func guided(positive: MotionScript, negative: MotionScript, scale: Float) -> MotionScript {
        func mix(_ p: [Float], _ n: [Float]) -> [Float] { zip(p, n).map { $1 + scale * ($0 - $1) } }
        return MotionScript(
            shape: mix(positive.shape, negative.shape), fixed: mix(positive.fixed, negative.fixed),
            logSizes: mix(positive.logSizes, negative.logSizes))
    }

    /// Each group at size 1, or gone where the network hardly means it: it was taught forms of size 1 or 0, and says a
    /// little of everything. Where it means nothing for sure but something half, that is taken for meant: words that say
    /// "stay still", even unheard ones, leave less than `faint`.
    package func settled() -> MotionScript {
        let (faint, unsure, sure): (Float, Float, Float) = (0.22, 0.3, 0.6)
        let sizes = Group.allCases.map(formSize)
        let most = max(sizes.max() ?? 0, effects.max() ?? 0)
        let lift = most > faint && most < sure ? sure / most : 1
        var result = self
        for (group, size) in zip(Group.allCases, sizes) {
            let part = min(max((lift * size - unsure) / (sure - unsure), 0), 1)
            let factor = lift * part * part * (3 - 2 * part) / max(lift * size, unsure)
            let (first, end) = (group.trajectories.lowerBound, group.trajectories.upperBound)
            for index in first * TimeBasis.count..<end * TimeBasis.count { result.shape[index] *= factor }
            if group == .region {
                for index in 0..<2 * Self.waves.count { result.fixed[index] *= factor }
            }
            if group == .light { result.fixed[Self.fixedCount - 4] *= factor }
        }
        if lift > 1 {
            for (index, amount) in effects.enumerated() {
                let part = lift * amount  // at most `sure`
                result.fixed[2 * Self.waves.count + index] = logf(max(part, 1e-6) / (1 - part))
            }
        }
        return result
    }

    /// Root mean square of a group's numbers over the clip, at size 1.
    package func formSize(_ group: Group) -> Float {
        var sum: Float = 0
        for step in 0..<16 {
            let basis = TimeBasis.values(at: Double(step) / 15, loops: false)
            for trajectory in group.trajectories {
                let value = value(trajectory, basis)
                sum += value * value / 16
            }
        }
        if group == .region {
            for index in 0..<2 * Self.waves.count { sum += fixed[index] * fixed[index] }
        }
        if group == .light { sum += 0.1 * sweep * sweep }
        return sum.squareRoot()
    }

    /// The numbers of one frame.
    ///
    /// - Parameters:
    ///   - time: 0...1 over the clip
    ///   - scales: sizes and tempo of a finished clip; nil for those that the network was taught
    package func frame(at time: Double, loops: Bool, scales: MotionScales? = nil) -> MotionMoment {
        let (basis, take) = (TimeBasis.values(at: time, loops: loops), scales?.take ?? .plain)
        let paced = take.time(time)
        let cameraBasis = scales == nil ? basis : TimeBasis.values(at: paced, loops: loops, calm: true)
        let objectBasis = scales.map { TimeBasis.values(at: paced, loops: loops, tempo: Double($0.tempo)) } ?? basis
        func sized(_ group: Group) -> Float { size(group.rawValue) * (scales?.factors[group.rawValue] ?? 1) }
        func numbers(_ group: Group, _ basis: [Float]) -> [Float] {
            let size = sized(group)
            return group.trajectories.map { size * value($0, basis) }
        }
        let object = Group.object.trajectories.map { trajectory in
            let own = trajectory - Group.object.trajectories.lowerBound
            return sized(.object) * value(trajectory, objectBasis.enumerated().map { take.sign(trajectory: own, function: $0) * $1 })
        }
        var lightBasis = basis
        if let scales, scales.lightPace > 1 || scales.lightUnrest > 0 {
            let change = min(max((time - 0.5) * Double(scales.lightPace) + 0.5, 0), 1)
            let unsteady = min(max(change + Double(scales.lightUnrest) * TimeBasis.unrest(at: time, loops: loops), 0), 1)
            lightBasis = TimeBasis.values(at: unsteady, loops: loops)
        }
        let waveSize = sized(.region)
        return MotionMoment(
            camera: numbers(.camera, cameraBasis), object: object, drift: numbers(.region, basis),
            light: numbers(.light, lightBasis),
            waves: fixed[0..<2 * Self.waves.count].enumerated().map { waveSize * take.waves[$0 / 2] * $1 }, pivot: pivot, sweep: sweep * sized(.light),
            sweepPlace: 2 * basis[0] - 1, time: Float(time), glint: loops ? 1 : Self.glint(at: Float(time)),
            periods: scales.map { scales in Self.calmPeriods.map { $0 * scales.haste } } ?? Self.waves.map(\.periods))
    }

    /// How far the waves of a liquid catch the light: not yet in frame 0, which is the photo.
    private static func glint(at time: Float) -> Float {
        let part = min(time / 0.25, 1)
        return part * part * (3 - 2 * part)
    }

    /// Whether the region's waves are those of a liquid, and not of what the wind moves.
    package var isLiquid: Bool {
        func power(_ waves: Range<Int>) -> Float { waves.reduce(0) { $0 + fixed[2 * $1] * fixed[2 * $1] + fixed[2 * $1 + 1] * fixed[2 * $1 + 1] } }
        return power(4..<Self.waves.count) > power(0..<4)
    }

    /// Whether the light comes and goes within the clip, as a flicker does and a sunset does not.
    package var lightIsQuick: Bool {
        let (slow, quick) = (power(.light, 0..<2), power(.light, 2..<TimeBasis.count))
        return quick > slow && formSize(.light) > 0.05 && abs(sweep) < 0.5
    }

    /// Whether the object does something again and again: jumps and sways do, a walk to a side does not.
    package var objectRepeats: Bool {
        let again = power(.object, TimeBasis.periodic)
        let once = power(.object, 0..<TimeBasis.periodic.lowerBound) + power(.object, TimeBasis.periodic.upperBound..<TimeBasis.count)
        return again > once && formSize(.object) > 0.05
    }

    /// The factors of the groups' sizes when the motion as a whole is made `factor` times as large: no group goes farther, turns more or
    /// gets darker than makes sense, at its farthest; and light that changes slowly hardly follows, because the measure of motion hardly sees it.
    /// A region that can go no farther goes faster instead.
    ///
    /// - Parameters:
    ///   - tempo: of what the object does again and again, at least 1; whole in a loop
    ///   - region: where the waves are
    ///   - lightPace: tempo of light that changes slowly, at least 1
    ///   - lightUnrest: how far it wavers, in parts of its change
    ///   - take: how it is done
    package func scales(
        _ factor: Float, tempo: Float = 1, loops: Bool, region: WaveFrame = .whole, lightPace: Float = 1, lightUnrest: Float = 0,
        take: MotionTake = .plain
    ) -> MotionScales {
        let (peaks, isQuick) = (peaks(loops: loops, region: region), lightIsQuick)
        let factors = Group.allCases.map { group in
            let wanted = group == .light && !isQuick ? min(max(factor, 0.6), 1.4) : factor
            return min(wanted, 1 / max(peaks[group.rawValue], 1e-6))
        }
        let haste = min(max(factor / max(factors[Group.region.rawValue], 1e-6), 1), Self.mostHaste)
        // Waves of a loop come back by whole periods only.
        return MotionScales(
            factors: factors, tempo: tempo, haste: loops ? haste.rounded() : haste, lightPace: isQuick ? 1 : lightPace,
            lightUnrest: isQuick ? 0 : lightUnrest, take: take)
    }

    /// For each group, the largest part of its limits that any of its numbers reaches at factor 1.
    private func peaks(loops: Bool, region: WaveFrame) -> [Float] {
        var peaks = [Float](repeating: 0, count: Group.allCases.count)
        let waveLimits = Self.waveLimits.map { $0 / region.scale }
        let waveSizes = Self.waves.indices.map { size(Group.region.rawValue) * hypotf(fixed[2 * $0], fixed[2 * $0 + 1]) }
        peaks[Group.region.rawValue] = waveSizes.reduce(0, +) / region.farthest
        for step in 0...32 {
            let moment = frame(at: Double(step) / 32, loops: loops)
            let parts: [(Group, [Float], [Float])] = [
                (.camera, moment.camera, [1.6, 1.6, 1.1, 2.4, MotionMoment.farthestParallax.x, MotionMoment.farthestParallax.y]), (.object, moment.object, [4, 4, 1.1, 8, 1, 0.8, 0.6]),
                (.region, moment.drift, [2.4, 2.4]), (.region, moment.waves, waveLimits),
                (.light, moment.light + [moment.sweep], [1.6, 1.6, 1.6, 1.8]),
            ]
            for (group, values, limits) in parts {
                for (value, limit) in zip(values, limits) {
                    peaks[group.rawValue] = max(peaks[group.rawValue], abs(value) / limit)
                }
            }
        }
        return peaks
    }

    private static let mostHaste: Float = 3

    /// Steeper than this and a wave would fold the picture over.
    private static let waveLimits: [Float] = waves.flatMap { wave -> [Float] in
        let steepest = 0.5 / (2 * Float.pi * wave.cycles)
        return [steepest, steepest]
    }

    /// Sum of the squared weights that a group gives to some functions of time.
    private func power(_ group: Group, _ functions: Range<Int>) -> Float {
        group.trajectories.reduce(0) { sum, trajectory in
            functions.reduce(sum) { $0 + shape[trajectory * TimeBasis.count + $1] * shape[trajectory * TimeBasis.count + $1] }
        }
    }

    private func value(_ trajectory: Int, _ basis: [Float]) -> Float {
        var sum: Float = 0
        for index in 0..<TimeBasis.count { sum += shape[trajectory * TimeBasis.count + index] * basis[index] }
        return sum
    }

    private func size(_ index: Int) -> Float { expf(min(max(logSizes[index], -6), 4)) }
    private static func sigmoid(_ x: Float) -> Float { 1 / (1 + expf(-x)) }
}

/// The numbers of one frame of a clip; lengths in units of half the side of the square of equal area.
package struct MotionMoment: Sendable {
    let camera: [Float]
    let object: [Float]
    let drift: [Float]
    let light: [Float]
    let waves: [Float]
    let pivot: Float
    let sweep: Float
    /// -1...1 from side to side.
    let sweepPlace: Float
    let time: Float
    /// How far a liquid's waves catch the light, 0...1.
    let glint: Float
    /// Of each wave in the clip.
    let periods: [Float]
}

extension MotionMoment {
    package var movesObject: Bool { object.contains { $0 != 0 } }
    package var movesRegion: Bool { (drift + waves).contains { $0 != 0 } }
    /// How far the region has drifted, the larger of both ways.
    package var farthestDrift: Float { max(abs(drift[0]), abs(drift[1])) }

    /// By how much of its way a camera that moves aside or nearer moves what is nearest farther than what is farthest.
    package static let closeness: Float = 0.4
    /// The most that a camera moves what is nearest against what is farthest, along x and y.
    package static let farthestParallax: (x: Float, y: Float) = (1.4, 1.4)

    /// How far the camera moves what is nearest against what is farthest, at most, in units, anywhere within `extent` of the middle.
    package static func parallax(_ moments: [MotionMoment], extent: Float) -> (x: Float, y: Float) {
        func most(_ part: Int, _ camera: [Float]) -> Float {
            abs(camera[4 + part]) + closeness * expf(-camera[2]) * (abs(camera[0]) + abs(camera[1]) + abs(camera[2]) * extent)
        }
        return moments.reduce((0, 0)) { (min(max($0.0, most(0, $1.camera)), farthestParallax.x), min(max($0.1, most(1, $1.camera)), farthestParallax.y)) }
    }

    /// Where in the scene a point of the frame looks.
    package func cameraSource(_ x: Float, _ y: Float, near: Float) -> (x: Float, y: Float) {
        let (dx, dy) = (x - camera[0], y - camera[1])
        let (c, s, shrink) = (cosf(camera[3]), sinf(camera[3]), expf(-camera[2]))
        let (qx, qy) = (shrink * (c * dx + s * dy), shrink * (c * dy - s * dx))
        let (shiftX, shiftY) = (shrink * (c * camera[0] + s * camera[1]), shrink * (c * camera[1] - s * camera[0]))
        let (px, py) = (camera[4] + Self.closeness * (shiftX + camera[2] * qx), camera[5] + Self.closeness * (shiftY + camera[2] * qy))
        return (qx - px * near, qy - py * near)
    }
}
