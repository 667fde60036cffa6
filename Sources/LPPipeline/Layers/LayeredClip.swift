import LPModels
import LPTensor
import LPWeights

/// The finished motion of a clip with a layered motion head, at the photo's own size: calibrated, cut, and drawn frame by frame.
final class LayeredClip {
    private let script: MotionScript
    private let times: ClipTimes
    private let scales: MotionScales
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
        // "Slowly" and "fast" count on top of the number.
        let target = min(max(parameters.intensity + 1.5 * Double(script.speed), 1), 10)
        let cutter = LayerCutter(layers: prediction, lightPace: Self.lightPace(target))
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
            factor = Float(try IntensityCalibration(target: target).factor(trial.level))
        } else {
            factor = 1
        }
        scales = cutter.scales(times, factor)
        photo = try cutter.fine(pixels, cutter.moments(times, factor), compute)
        effects = try renderer(factor)
    }

    /// Dusk takes all of the clip; a light that goes off is as large a change as an intensity beyond the middle asks for.
    private static func lightPace(_ target: Double) -> Float { Float(1 + 0.6 * max(target - 5, 0)) }

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
    /// Sizes and tempo of the whole clip.
    func scales(_ times: ClipTimes, _ factor: Float) -> MotionScales {
        layers.script.scales(factor, loops: times.loops, region: layers.masks.waves, lightPace: lightPace)
    }

    /// The numbers of every frame.
    ///
    /// - Parameter factor: how many times as large as the network says
    func moments(_ times: ClipTimes, _ factor: Float) -> [MotionMoment] {
        let scales = scales(times, factor)
        return (0..<times.frames).map { layers.script.frame(at: times($0), loops: times.loops, scales: scales) }
    }
}
