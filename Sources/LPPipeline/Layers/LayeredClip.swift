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
        let script = prediction.script
        self.script = script
        self.times = times
        // "Slowly" and "fast" count on top of the number.
        let target = min(max(parameters.intensity + 1.5 * Double(script.speed), 1), 10)
        let cutter = LayerCutter(layers: prediction, lightPace: Self.lightPace(target), take: MotionTake(seed: parameters.seed))
        let said = script.effects.map { $0 > 0.5 ? $0 : 0 }
        let seconds = Float(times.frames) / Float(configuration.frames.framesPerSecond)
        func renderer(_ size: MotionSize) throws -> EffectsRenderer? {
            let amounts = said + [0.7 * script.rises, size.shadows]  // mist and shadows
            guard amounts.contains(where: { $0 >= EffectKind.leastAmount }) else { return nil }
            let strength: Float
            if said.contains(where: { $0 > 0 }) {
                strength = min(script.effectStrength * size.factor, 4)
            } else {
                // Shadows are as dark as they are. Mist that is all the new content goes gently, however little the measure sees of it.
                strength = size.shadows > 0 ? 1 : min(size.factor, 1.6)
            }
            return try EffectsRenderer(
                amounts: amounts, strength: strength, wind: size.shadows > 0 ? script.drifts : script.wind,
                seed: parameters.seed, loops: times.loops, seconds: seconds, place: prediction.masks.region)
        }
        var size = MotionSize()
        let moves = try renderer(size) != nil || script.lightIsQuick || [MotionScript.Group.camera, .object, .region].contains { script.formSize($0) > 0.05 }
        // Steady light needs no trial.
        let lights = !moves && script.formSize(.light) > 0.05 && target > SizeSearch.calmLevel
        if let measure, parameters.calibrates, moves || lights, times.frames > 1 {
            let trial = try CalibrationTrial(
                cutter: cutter, pixels: pixels, times: times, effects: renderer, measure: measure,
                edges: configuration.intensity.edges, compute)
            let search = SizeSearch(script: script, times: times, target: target, trial: trial)
            size = moves ? try search.moving() : try search.lighting()
        }
        scales = cutter.scales(times, size)
        photo = try cutter.fine(pixels, cutter.moments(times, size), compute)
        effects = try renderer(size)
    }

    /// Dusk takes all of the clip; a light that goes off is as large a change as an intensity beyond the middle asks for.
    private static func lightPace(_ target: Double) -> Float { Float(1 + 0.6 * max(target - SizeSearch.calmLevel, 0)) }

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
    func scales(_ times: ClipTimes, _ size: MotionSize) -> MotionScales {
        layers.script.scales(
            size.factor, tempo: size.tempo, loops: times.loops, region: layers.masks.waves, lightPace: lightPace, lightUnrest: size.lightUnrest, take: take)
    }

    /// The numbers of every frame.
    func moments(_ times: ClipTimes, _ size: MotionSize) -> [MotionMoment] {
        let scales = scales(times, size)
        return (0..<times.frames).map { layers.script.frame(at: times($0), loops: times.loops, scales: scales) }
    }
}
