import LPModels

/// How far beyond the photo's border a clip's camera looks.
enum CameraReach {
    /// Margins in pixels, as large as they can be continued: what is farther out mirrors what has been.
    static func margins(_ moments: [MotionMoment], height: Int, width: Int) -> CanvasExtension.Margins {
        let s = (Float(height) * Float(width)).squareRoot() / 2
        let (x, y) = (Float(width) / 2 / s, Float(height) / 2 / s)
        var (low, high) = ((x: -x, y: -y), (x: x, y: y))
        for moment in moments {
            for place in [(-x, -y), (x, -y), (-x, y), (x, y), (0, -y), (0, y), (-x, 0), (x, 0)] {
                for near in [Float(-0.5), 0.5] {
                    let source = moment.cameraSource(place.0, place.1, near: near)
                    low = (min(low.x, source.x), min(low.y, source.y))
                    high = (max(high.x, source.x), max(high.y, source.y))
                }
            }
        }
        let limit = Float(CanvasExtension.largestMargin(height: height, width: width))
        func pixels(_ excess: Float) -> Int {
            let wanted = excess * s
            return wanted > 0.5 ? Int(min(wanted + 2, limit)) : 0  // what is no number compares false
        }
        return CanvasExtension.Margins(
            left: pixels(-x - low.x), top: pixels(-y - low.y), right: pixels(high.x - x), bottom: pixels(high.y - y))
    }
}
