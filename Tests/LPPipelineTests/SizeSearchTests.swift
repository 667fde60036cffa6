import LPTensor
import Testing

@testable import LPModels
@testable import LPPipeline

/// What a clip does at intensities that no size of its motion reaches.
@Suite struct SizeSearchTests {
    /// A level for every hundredth of mean change between frames.
    private struct MeanChange: MotionMeasure {
        func similarities(_ frames: ArraySlice<[UInt8]>, width: Int, height: Int) throws -> [Double] {
            zip(frames.dropFirst(), frames).map { (after: [UInt8], before: [UInt8]) -> Double in
                var sum = 0.0
                for index in 0..<after.count { sum += abs(Double(after[index]) - Double(before[index])) }
                return 1 - sum / Double(255 * after.count)
            }
        }

        func level(similarity: Double, edges: [Double]) throws -> Double { min(1 + (1 - similarity) / 0.01, 10) }
    }

    /// A smooth sky, which is the region, over land with texture.
    private struct Scene {
        let cutter: LayerCutter
        let search: SizeSearch

        init(_ script: MotionScript, target: Double, loops: Bool = false) throws {
            let (height, width, compute) = (48, 64, Compute(threads: 1))
            let logits = try Tensor(zeros: [12, 16, 3])
            for row in 0..<12 {
                for column in 0..<16 {
                    let place = (row * 16 + column) * 3
                    logits.pointer[place] = -10
                    logits.pointer[place + 1] = row < 6 ? 10 : -10
                }
            }
            let photo = try Tensor(uninitialized: [1, height, width, 3])
            for index in 0..<photo.count {
                let texture = Float((index * 7919) % 251) / 251
                photo.pointer[index] = index < photo.count / 2 ? 0.8 + 0.02 * texture : 0.3 + 0.5 * texture
            }
            let layers = LayerPrediction(script: script, masks: try LayerMasks(logits: logits))
            let times = ClipTimes(frames: 16, loops: loops)
            let masks = layers.masks
            cutter = LayerCutter(layers: layers)
            let trial = try CalibrationTrial(
                cutter: cutter, pixels: photo, times: times,
                effects: { size in
                    guard size.shadows > 0 else { return nil }
                    let amounts = EffectKind.allCases.map { $0 == .shadows ? size.shadows : 0 }
                    return try EffectsRenderer(
                        amounts: amounts, strength: 1, wind: script.drifts, seed: 1, loops: loops, seconds: 2, place: masks.region)
                },
                measure: MeanChange(), edges: [], compute)
            search = SizeSearch(script: script, times: times, target: target, trial: trial)
        }

        func level(_ size: MotionSize) throws -> Double { try search.trial.level(size) }

        func light(_ size: MotionSize) -> [Float] { cutter.moments(search.times, size).map { $0.light[0] } }
    }

    private var dusk: MotionScript {
        var script = MotionScript.quiet
        for colour in 15..<18 { script.shape[colour * TimeBasis.count] = -1.2 }
        return script
    }

    private var clouds: MotionScript {
        var script = MotionScript.quiet
        script.shape[13 * TimeBasis.count] = 1
        return script
    }

    @Test(arguments: [false, true]) func lightWavers(loops: Bool) throws {
        let scene = try Scene(dusk, target: 9, loops: loops)
        let size = try scene.search.lighting()
        #expect(try scene.level(MotionSize()) < 8)
        #expect(try abs(scene.level(size) - 9) < 0.8)
        let (steady, unsteady) = (scene.light(MotionSize()), scene.light(size))
        #expect(unsteady[0] == 0)
        // No brighter than the photo, no darker than the end.
        let darkest = steady.min() ?? 0
        #expect(unsteady.allSatisfy { $0 <= 0 && $0 >= darkest - 1e-5 })
        func turns(_ light: [Float]) -> Int {
            let ways = zip(light.dropFirst(), light).map { $0 - $1 }.filter { abs($0) > 0.05 }
            return zip(ways.dropFirst(), ways).count { $0 * $1 < 0 }
        }
        #expect(turns(steady) <= 1 && turns(unsteady) >= 3)
        // In the end it is as dark as it was meant to be.
        if !loops { #expect(zip(unsteady.suffix(3), steady.suffix(3)).allSatisfy { abs($0 - $1) < 1e-5 }) }
    }

    @Test func lightIsSteadyUpToTheMiddle() throws {
        #expect(try Scene(dusk, target: 5).search.lighting().lightUnrest == 0)
        let (six, eight) = (try Scene(dusk, target: 6), try Scene(dusk, target: 8))
        #expect(try six.search.lighting().lightUnrest < eight.search.lighting().lightUnrest)
    }

    @Test func lightThatHardlyChangesIsSteady() throws {
        var faint = MotionScript.quiet
        for colour in 15..<18 { faint.shape[colour * TimeBasis.count] = -0.08 }
        #expect(try Scene(faint, target: 9).search.lighting().lightUnrest == 0)
    }

    @Test func racingCloudsThrowShadows() throws {
        let (calm, wild) = (try Scene(clouds, target: 5), try Scene(clouds, target: 9))
        #expect(try calm.search.moving().shadows == 0)
        let size = try wild.search.moving()
        #expect(size.shadows > 0)
        var bare = size
        bare.shadows = 0
        #expect(try wild.level(bare) < 6)
        #expect(try wild.level(size) > wild.level(bare) + 2)
    }

    @Test func onlyCloudsThrowShadows() throws {
        func drifts(_ across: Float, _ up: Float) -> Float {
            var script = MotionScript.quiet
            script.shape[13 * TimeBasis.count] = across
            script.shape[14 * TimeBasis.count] = up
            return script.drifts
        }
        #expect(drifts(1.7, -0.5) == 1 && drifts(-1.7, 0) == -1 && drifts(0.2, -1) == 0 && abs(drifts(0.1, 0)) < 0.2)
        var mist = MotionScript.quiet
        mist.shape[14 * TimeBasis.count] = -1
        #expect(try Scene(mist, target: 9).search.moving().shadows == 0)
    }
}
