import Testing

@testable import LPModels
@testable import LPPipeline

/// Seeds make takes of a motion that differ, and none that is another motion.
@Suite struct MotionTakeTests {
    private let takes = (1...200).map { MotionTake(seed: UInt64($0)) }

    @Test func seedZeroIsPlainAndEverySeedIsItself() {
        #expect(MotionTake(seed: 0) == .plain && MotionTake(seed: 7) == MotionTake(seed: 7))
        #expect(MotionTake(seed: 7) != MotionTake(seed: 8) && MotionTake(seed: 1) != MotionTake(seed: 1 << 32))
        #expect((60...140).contains(takes.count(where: \.isMirrored)))
    }

    @Test func timeBeginsAndEndsWithTheClipAndNeverGoesBack() {
        for take in takes {
            let times = (0...100).map { take.time(Double($0) / 100) }
            #expect(abs(times[0]) < 1e-12 && abs(times[100] - 1) < 1e-12)
            #expect(zip(times, times.dropFirst()).allSatisfy { $1 - $0 > 0.004 })
            // As fast at the end as at the beginning: loops have no seam.
            #expect(abs((times[1] - times[0]) - (times[100] - times[99])) < 1e-3)
            #expect(take.waves.allSatisfy { (MotionTake.weakestWave...1).contains($0) })
        }
        #expect(takes.contains { abs($0.time(0.25) - 0.25) > 0.02 })
    }

    /// An object that goes to the right, sways, and hops.
    private var script: MotionScript {
        var script = MotionScript.quiet
        let object = MotionScript.Group.object.trajectories.lowerBound
        script.shape[object * TimeBasis.count] = 1
        script.shape[(object + 3) * TimeBasis.count + 3] = 0.5
        script.shape[(object + 1) * TimeBasis.count + 10] = -0.4
        script.fixed[0] = 0.2
        return script
    }

    private func moment(_ take: MotionTake, _ time: Double) -> MotionMoment {
        script.frame(at: time, loops: false, scales: script.scales(1, loops: false, take: take))
    }

    @Test func whatHasASideKeepsIt() {
        let mirrored = MotionTake(pace: (0, 0), isMirrored: true, waves: MotionTake.plain.waves)
        let (plain, other) = (moment(.plain, 0.3), moment(mirrored, 0.3))
        #expect(plain.object[0] > 0.1 && other.object[0] == plain.object[0])
        #expect(abs(plain.object[3]) > 0.05 && other.object[3] == -plain.object[3])
        #expect(plain.object[1] < 0 && other.object[1] == plain.object[1])
        for take in takes {
            #expect(moment(take, 0).object.allSatisfy { abs($0) < 1e-6 })
            #expect(abs(moment(take, 1).object[0] - moment(.plain, 1).object[0]) < 1e-5)
        }
    }

    @Test func wavesAreWeakerAndPaceIsUneven() {
        let slow = MotionTake(pace: (-0.25, 0), isMirrored: false, waves: [0.5] + MotionTake.plain.waves.dropFirst())
        #expect(moment(slow, 0.2).object[0] < 0.9 * moment(.plain, 0.2).object[0])
        #expect(abs(moment(slow, 0.5).waves[0] - 0.5 * moment(.plain, 0.5).waves[0]) < 1e-6)
    }
}
