import LPMedia
import LPPipeline

/// The normative measurement of motion, for the pipeline.
struct SSIMMeasure: MotionMeasure {
    func similarities(_ frames: ArraySlice<[UInt8]>, width: Int, height: Int) throws -> [Double] {
        var meter = MotionMeter()
        for frame in frames {
            let image = try frame.withUnsafeBufferPointer {
                try RGBImage.fromPixels($0.baseAddress, width: width, height: height, stride: width * 3, layout: .rgb)
            }
            meter.add(image)
        }
        return try meter.reading().pairs
    }

    func level(similarity: Double, edges: [Double]) throws -> Double {
        try MotionMeter.level(ssim: similarity, edges: edges)
    }
}
