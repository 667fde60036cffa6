/// Where in the clip each frame stands, 0...1.
struct ClipTimes {
    let frames: Int
    /// The frame after the last is the first again.
    let loops: Bool

    func callAsFunction(_ index: Int) -> Double {
        if loops { return Double(index) / Double(max(frames, 1)) }
        return frames > 1 ? Double(index) / Double(frames - 1) : 0
    }
}
