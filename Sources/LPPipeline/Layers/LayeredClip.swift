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
        let said = script.effects.map { $0 > 0.5 ? $0 : 0 }
        let amounts = said + [0.7 * script.rises]  // mist
        let showsEffects = amounts.contains { $0 >= EffectKind.leastAmount }
        // Mist that is all the new content goes gently, however little the measure sees of it.
        let (strength, strongest) = said.contains { $0 > 0 } ? (script.effectStrength, Float(4)) : (1, 1.6)
        let seconds = Float(times.frames) / Float(configuration.frames.framesPerSecond)
        func renderer(_ scale: Float) throws -> EffectsRenderer? {
            guard showsEffects else { return nil }
            return try EffectsRenderer(
                amounts: amounts, strength: min(strength * scale, strongest), wind: prediction.script.wind,
                seed: parameters.seed, loops: times.loops, seconds: seconds, place: prediction.masks.region)
        }
        var size = MotionSize()
        // The measure of motion hardly sees light that changes slowly: that size is left to the network.
        let moves = showsEffects || script.lightIsQuick || [MotionScript.Group.camera, .object, .region].contains { prediction.script.formSize($0) > 0.05 }
        if let measure, parameters.calibrates, moves, times.frames > 1 {
            let trial = try CalibrationTrial(
                cutter: cutter, pixels: pixels, times: times, effects: renderer, measure: measure,
                edges: configuration.intensity.edges, compute)
            size = try Self.calibrated(script, times, target, trial)
        }
        scales = cutter.scales(times, size)
        photo = try cutter.fine(pixels, cutter.moments(times, size), compute)
        effects = try renderer(size.factor)
    }

    /// The size at which the clip measures `target`. An object that jumps as far as the picture goes and still moves too little jumps more often.
    private static func calibrated(_ script: MotionScript, _ times: ClipTimes, _ target: Double, _ trial: CalibrationTrial) throws -> MotionSize {
        let satisfied = 0.6  // levels below the target
        func best(_ tempo: Float, from start: Double = 1, trials: Int = 8) throws -> IntensityCalibration.Trial {
            try IntensityCalibration(target: target, mostTrials: trials).best(from: start) {
                try trial.level(MotionSize(factor: Float($0), tempo: tempo))
            }
        }
        var (chosen, tempo) = (try best(1), Float(1))
        guard script.objectRepeats else { return MotionSize(factor: Float(chosen.factor), tempo: tempo) }
        for faster in times.loops ? [Float(2), 3] : [1.5, 2, 3] where chosen.level < target - satisfied {
            let found = try best(faster, from: chosen.factor, trials: 4)
            if found.level > chosen.level { (chosen, tempo) = (found, faster) }
        }
        return MotionSize(factor: Float(chosen.factor), tempo: tempo)
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
    func scales(_ times: ClipTimes, _ size: MotionSize) -> MotionScales {
        layers.script.scales(size.factor, tempo: size.tempo, loops: times.loops, region: layers.masks.waves, lightPace: lightPace)
    }

    /// The numbers of every frame.
    func moments(_ times: ClipTimes, _ size: MotionSize) -> [MotionMoment] {
        let scales = scales(times, size)
        return (0..<times.frames).map { layers.script.frame(at: times($0), loops: times.loops, scales: scales) }
    }
}
