/// How a finished clip's motion differs from what the network says.
struct MotionSize {
    /// How many times as large all of it is.
    var factor: Float = 1
    /// How many times as often the object does what it does again and again.
    var tempo: Float = 1
    /// How far light that changes once wavers, in parts of its change.
    var lightUnrest: Float = 0
    /// How dark the shadows are that clouds throw, 0...1.
    var shadows: Float = 0
}
