import Glibc
import LPTensor
import Testing

@testable import LPModels
@testable import LPPipeline

/// Bringing a clip to the intensity that was asked for, loops, and what layered motion promises of the photo.
@Suite struct CalibrationTests {
    @Test(arguments: [1.5, 4, 7, 9.5]) func findsTheFactor(target: Double) throws {
        // A level rises with the logarithm of the motion, roughly.
        let factor = try IntensityCalibration(target: target).best { min(max(5 + 1.7 * log($0), 1), 10) }.factor
        #expect(abs(min(max(5 + 1.7 * log(factor), 1), 10) - target) < 0.3)
    }

    @Test func staysInRangeWhereNothingHelps() throws {
        var calls = 0
        let factor = try IntensityCalibration(target: 9).best { _ in
            calls += 1
            return 1
        }.factor
        #expect((1.0 / 24 ... 12).contains(factor) && calls <= 8)
    }

    @Test func takesTheBestOfNoisyLevels() throws {
        var calls = 0
        let factor = try IntensityCalibration(target: 6).best {
            calls += 1
            return 4 + $0 + (calls % 2 == 0 ? 0.4 : -0.4)
        }.factor
        #expect(abs(4 + factor - 6) < 1)
    }

    @Test func theLastFrameLeadsToTheFirst() throws {
        let times = ClipTimes(frames: 8, loops: true)
        #expect(times(0) == 0 && times(8) == 1 && times(7) == 0.875)
        let script = MotionScript.example
        let first = script.frame(at: 0, loops: true)
        let again = script.frame(at: 1, loops: true)
        for (one, other) in zip(first.camera + first.object + first.light, again.camera + again.object + again.light) {
            #expect(abs(one - other) < 1e-4)
        }
    }

    @Test func marginsAreWhatTheCameraSees() {
        let script = MotionScript.example
        let moments = [script.frame(at: 1, loops: false)]
        let margins = CameraReach.margins(moments, height: 200, width: 300)
        #expect(margins.left > 0 && margins.right == 0)
        #expect(CameraReach.margins([script.frame(at: 0, loops: false)], height: 200, width: 300) == CanvasExtension.Margins())
    }

    @Test func nothingGoesFartherThanMakesSense() {
        let script = MotionScript.example
        let scales = script.scales(1000, loops: false)
        for step in 0...10 {
            let moment = script.frame(at: Double(step) / 10, loops: false, scales: scales)
            #expect(abs(moment.camera[0]) <= 1.6 + 1e-4 && abs(moment.object[3]) <= 8 + 1e-4 && abs(moment.light[0]) <= 1.6 + 1e-4)
        }
        #expect(script.scales(1, loops: false).factors[0] == 1)
    }

    @Test func whatRepeatsCanDoSoMoreOften() {
        var (jump, walk) = (MotionScript.quiet, MotionScript.quiet)
        let up = 6 + 1
        jump.shape[up * TimeBasis.count + 10] = -1  // two hops
        walk.shape[6 * TimeBasis.count] = 1
        #expect(jump.objectRepeats && !walk.objectRepeats && !MotionScript.quiet.objectRepeats)
        func heights(_ tempo: Float) -> [Float] {
            let scales = jump.scales(1, tempo: tempo, loops: false)
            return (0...8).map { jump.frame(at: Double($0) / 8, loops: false, scales: scales).object[1] }
        }
        let (twice, often) = (heights(1), heights(2))
        #expect(abs(twice[2] + 1) < 1e-5 && abs(often[2]) < 1e-5 && abs(often[1] + 1) < 1e-5)
        // Four hops of a loop end where they began.
        let loop = jump.scales(1, tempo: 2, loops: true)
        #expect(abs(jump.frame(at: 1, loops: true, scales: loop).object[1]) < 1e-4)
    }

    @Test func onlyWhatRisesIsMist() {
        let (x, y) = (13, 14)
        func rises(_ dx: Float, _ dy: Float) -> Float {
            var script = MotionScript.quiet
            script.shape[x * TimeBasis.count] = dx
            script.shape[y * TimeBasis.count] = dy
            return script.rises
        }
        #expect(rises(0, -1.7) == 1 && rises(0, 1.7) == 0 && rises(1.7, -0.5) == 0 && rises(0, -0.1) == 0)
    }

    @Test func lightThatChangesOnceMayChangeFaster() {
        var script = MotionScript.quiet
        for index in 15..<18 { script.shape[index * TimeBasis.count] = -1 }
        let scales = script.scales(1, loops: false, lightPace: 4)
        let light = [0.0, 0.25, 0.5, 0.75, 1].map { script.frame(at: $0, loops: false, scales: scales).light[0] }
        #expect(light[0] == 0 && light[1] == 0 && light[2] < -0.3 && light[3] == light[4])
    }

    @Test func halfMeantContentIsMeant() {
        var script = MotionScript.quiet
        script.fixed[2 * MotionScript.waves.count + 4] = logf(0.4 / 0.6)
        #expect(abs(script.settled().effects[4] - 0.6) < 1e-4)
        script.fixed[2 * MotionScript.waves.count + 4] = logf(0.1 / 0.9)
        #expect(script.settled().effects[4] < 0.2)
    }

    @Test func halfMeantMotionIsMeantAndFaintOnesAreNot() {
        func settled(camera: Float, object: Float) -> [Float] {
            var script = MotionScript.quiet
            script.shape[0 * TimeBasis.count] = camera
            script.shape[9 * TimeBasis.count] = object
            let result = script.settled()
            return [result.formSize(.camera), result.formSize(.object)]
        }
        let sure = settled(camera: 1.7, object: 0.05)
        #expect(abs(sure[0] - 1) < 1e-4 && sure[1] == 0)
        let faint = settled(camera: 0.02, object: 0.5)
        #expect(faint[0] == 0 && abs(faint[1] - 1) < 1e-3)
        #expect(settled(camera: 0.1, object: 0.2) == [0, 0])
    }

    @Test func calibratedClipsAreRefusedNothing() throws {
        let pipeline = try TinyModel.layered.pipeline()
        pipeline.measure = FixedMeasure()
        let frames = try pipeline.finish()
        #expect(frames.count == 4 * 62 * 44 * 3)
        try pipeline.setLoops(true)
        #expect(try pipeline.finish().count == frames.count)
    }

    private struct FixedMeasure: MotionMeasure {
        func similarities(_ frames: ArraySlice<[UInt8]>, width: Int, height: Int) throws -> [Double] {
            #expect(frames.allSatisfy { $0.count == width * height * 3 })
            return Array(repeating: 0.9, count: frames.count - 1)
        }

        func level(similarity: Double, edges: [Double]) throws -> Double { 10 * (1 - similarity) }
    }
}

extension MotionScript {
    /// Nothing moves, and nothing is drawn.
    static var quiet: MotionScript {
        var fixed = [Float](repeating: 0, count: fixedCount)
        for kind in 0..<effectCount { fixed[2 * waves.count + kind] = -20 }
        return MotionScript(
            shape: [Float](repeating: 0, count: shapeCount), fixed: fixed,
            logSizes: [Float](repeating: 0, count: sizeCount))
    }

    /// The camera pans to the left, the object turns, the light flashes.
    fileprivate static var example: MotionScript {
        var shape = [Float](repeating: 0, count: shapeCount)
        shape[0 * TimeBasis.count] = 0.4
        shape[9 * TimeBasis.count + 3] = 1
        shape[15 * TimeBasis.count + 15] = 0.5
        return MotionScript(
            shape: shape, fixed: [Float](repeating: 0, count: fixedCount), logSizes: [Float](repeating: 0, count: sizeCount))
    }
}
