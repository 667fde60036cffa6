/// What a finished clip makes of a motion script's sizes and tempo.
package struct MotionScales: Sendable {
    /// Factors of the sizes of camera, object, region and light.
    package let factors: [Float]
    /// How many times as often the object does what it does again and again.
    package let tempo: Float
    /// How many times as fast the region's waves go.
    package let haste: Float
    /// How many times as fast the light changes that changes once, in the middle of the clip.
    package let lightPace: Float
    /// How far such light goes ahead and back in its change, in parts of the whole change: a lamp that fails before it is out.
    package let lightUnrest: Float
    package let take: MotionTake
}
