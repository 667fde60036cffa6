import LPModels
import LPTensor
import LPWeights

/// The finished motion of a clip with a layered motion head, at the photo's own size: calibrated, cut, and drawn frame by frame.
final class LayeredClip {
    private let script: MotionScript
    private let times: ClipTimes
    private let scales: [Float]
    private let photo: LayeredPhoto
    private let effects: EffectsRenderer?

    /// - Parameters:
    ///   - pixels: the photo, [1, H, W, 3] in 0...1
    ///   - measure: how motion is measured; nil leaves the sizes as the network says
    init(
        _ prediction: LayerPrediction, pixels: Tensor, times: ClipTimes, parameters: PipelineParameters,
        configuration: ModelConfiguration, measure: (any MotionMeasure)?, _ compute: Compute
    ) throws {
        script = prediction.script
        self.times = times
        let cutter = LayerCutter(layers: prediction)
        let amounts = script.effects.map { $0 > 0.5 ? $0 : 0 }
        let showsEffects = amounts.contains { $0 > 0 }
        let seconds = Float(times.frames) / Float(configuration.frames.framesPerSecond)
        func renderer(_ scale: Float) throws -> EffectsRenderer? {
            guard showsEffects else { return nil }
            return try EffectsRenderer(
                amounts: amounts, strength: min(prediction.script.effectStrength * scale, 4), wind: prediction.script.wind,
                seed: parameters.seed, loops: times.loops, seconds: seconds, place: prediction.masks.region)
        }
        let factor: Float
        // The measure of motion hardly sees light that changes slowly: that size is left to the network.
        let moves = showsEffects || script.lightIsQuick || [MotionScript.Group.camera, .object, .region].contains { prediction.script.formSize($0) > 0.05 }
        if let measure, parameters.calibrates, moves, times.frames > 1 {
            let trial = try CalibrationTrial(
                cutter: cutter, pixels: pixels, times: times, effects: renderer, measure: measure,
                edges: configuration.intensity.edges, compute)
            // "Slowly" and "fast" count on top of the number.
            let target = min(max(parameters.intensity + 1.5 * Double(script.speed), 1), 10)
            factor = Float(try IntensityCalibration(target: target).factor(trial.level))
        } else {
            factor = 1
        }
        scales = script.scales(factor, loops: times.loops)
        photo = try cutter.fine(pixels, cutter.moments(times, factor), compute)
        effects = try renderer(factor)
    }

    /// One frame, [1, H, W, 3]; values may leave 0...1.
    func frame(_ index: Int, _ compute: Compute) throws -> Tensor {
        let time = times(index)
        let moment = script.frame(at: time, loops: times.loops, scales: scales)
        let frame = try photo.frame(moment, bicubic: true, compute)
        try effects?.draw(time: Float(time), onto: frame, compute)
        return frame
    }
}

extension LayerCutter {
    /// The numbers of every frame.
    ///
    /// - Parameter factor: how many times as large as the network says
    func moments(_ times: ClipTimes, _ factor: Float) -> [MotionMoment] {
        let scales = layers.script.scales(factor, loops: times.loops)
        return (0..<times.frames).map { layers.script.frame(at: times($0), loops: times.loops, scales: scales) }
    }
}
