import Glibc

/// How one clip does what the sentence says, among many that do: its pace, which side it begins on, which of a region's waves are strong.
///
/// - Reference: Models/FORMAT.md, "Motion program", "Takes".
package struct MotionTake: Sendable, Equatable {
    /// Speeds are 1 + pace.first cos 2πt + pace.second cos 4πt.
    package let pace: (first: Double, second: Double)
    /// What goes to and fro begins on the other side.
    package let isMirrored: Bool
    /// Factor of each wave, at most 1.
    package let waves: [Float]

    /// As the network says it.
    package static let plain = MotionTake(pace: (0, 0), isMirrored: false, waves: [Float](repeating: 1, count: MotionScript.waves.count))

    /// The most that the speed differs, each of both ways.
    package static let widestPace = 0.25
    /// The least factor of a wave; none is above 1, or it might fold the picture over.
    package static let weakestWave: Float = 0.5

    package init(pace: (first: Double, second: Double), isMirrored: Bool, waves: [Float]) {
        self.pace = pace
        self.isMirrored = isMirrored
        self.waves = waves
    }

    package static func == (a: MotionTake, b: MotionTake) -> Bool { a.pace == b.pace && a.isMirrored == b.isMirrored && a.waves == b.waves }

    /// The place in the motion at a time of the clip; 0 at 0 and 1 at 1, and never back.
    func time(_ time: Double) -> Double {
        time + (pace.first * sin(2 * Double.pi * time) + pace.second / 2 * sin(4 * Double.pi * time)) / (2 * Double.pi)
    }

    /// The sign of a function of time in a trajectory of the object.
    func sign(trajectory: Int, function: Int) -> Float {
        isMirrored && Self.sideways.contains(trajectory) && TimeBasis.sideless.contains(function) ? -1 : 1
    }

    /// Of the object's numbers those that have a side: tx, angle, bend x.
    private static let sideways: Set = [0, 3, 5]
}
