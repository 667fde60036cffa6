/// Measures how much frames move. The host of the pipeline hands one in, so that the pipeline knows nothing of video files.
package protocol MotionMeasure: Sendable {
    /// - Parameter frames: RGB, rows top to bottom, [height * width * 3] each; at least two
    /// - Returns: the SSIM of each pair of adjacent frames
    func similarities(_ frames: ArraySlice<[UInt8]>, width: Int, height: Int) throws -> [Double]

    /// The motion intensity of a mean SSIM, 1...10.
    func level(similarity: Double, edges: [Double]) throws -> Double
}
