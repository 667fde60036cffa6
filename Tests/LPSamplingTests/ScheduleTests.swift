import Testing

@testable import LPSampling

struct ScheduleTests {
    /// Known values of the three published schedules (double products).
    @Test(arguments: [
        (
            BetaSchedule.linear, 0.00085, 0.012,
            [0.99915000, 0.99828957, 0.16077160, 0.00247833, 0.00157896], 0.029167, 25.146115
        ),
        (
            .scaledLinear, 0.00085, 0.012,
            [0.99915000, 0.99829603, 0.27633268, 0.00728173, 0.00466010], 0.029167, 14.614641
        ),
        (.linear, 0.0001, 0.02, [0.9999, 0.99978009, 0.07779666, 0.00008573, 0.00004036], 0.010001, 157.407),
    ])
    func publishedValues(
        betas: BetaSchedule, start: Double, end: Double, bars: [Double], lowest: Double, highest: Double
    ) throws {
        let schedule = try NoiseSchedule(betas: betas, betaStart: start, betaEnd: end)
        for (step, bar) in zip([0, 1, 500, 961, 999], bars) {
            #expect(abs(schedule.alphaBars[step] - bar) <= 0.51e-8)
        }
        #expect(abs(schedule.sigmas[0] - lowest) <= 1e-6)
        #expect(abs(schedule.sigmas[999] - highest) <= highest * 4e-6)
    }

    @Test func sameAsNumPy() throws {
        for (name, places) in try Fixtures.load("samplers", as: SamplerFixtures.self).alphaBars {
            let schedule = try NoiseSchedule(betas: try #require(BetaSchedule(rawValue: name)))
            for (step, bar) in places {
                #expect(abs(schedule.alphaBars[try #require(Int(step))] / bar - 1) < 1e-9)
            }
        }
    }

    @Test func zeroTerminalSignal() throws {
        let schedule = try NoiseSchedule(betas: .linear, rescaleZeroTerminalSNR: true)
        #expect(schedule.alphaBars[999] == 0)
        #expect(schedule.sigmas[999] == ((1 - 0x1p-24) / 0x1p-24).squareRoot())
        #expect(abs(schedule.alphaBars[0] - 0.99915) < 1e-12)
    }

    @Test func cleanEndAndBetweenSteps() throws {
        let one = try NoiseSchedule(betas: .linear)
        let first = try NoiseSchedule(betas: .linear, alphaToOne: false)
        #expect(one.alphaBar(at: -1) == 1)
        #expect(first.alphaBar(at: -1) == first.alphaBars[0])
        #expect(one.alphaBar(at: 5000) == one.alphaBars[999])
        let middle = one.sigma(at: 10.5)
        #expect(abs(middle - (one.sigmas[10] + one.sigmas[11]) / 2) < 1e-12)
        #expect(abs(one.alphaBar(at: 10.5) - 1 / (middle * middle + 1)) < 1e-15)
    }

    @Test func refusesUselessNumbers() {
        let useless = [(0.0, 0.01), (0.01, 1.0), (-1, 0.5), (.nan, 0.5), (0.5, .infinity), (0.5, 0.9), (1e-12, 0.01)]
        for (start, end) in useless {
            #expect(throws: SamplingError.self) { try NoiseSchedule(betas: .linear, betaStart: start, betaEnd: end) }
        }
        for steps in [0, -1, 100_001, Int.max] {
            #expect(throws: SamplingError.self) { try NoiseSchedule(trainSteps: steps, betas: .squaredCosine) }
        }
        #expect(throws: SamplingError.self) {
            try NoiseSchedule(trainSteps: 1, betas: .linear, rescaleZeroTerminalSNR: true)
        }
    }

    /// Every number of steps from 1 to 999, folded into a sum for each rule.
    @Test func spacingsAreThoseOfDiffusers() throws {
        let families: [String: TimestepSpacing.Family] = [
            "discrete": .discrete, "multistep": .multistep, "continuous": .continuous,
        ]
        for (name, sums) in try Fixtures.load("samplers", as: SamplerFixtures.self).spacings {
            let words = name.split(separator: " ").map(String.init)
            let spacing = try #require(TimestepSpacing(rawValue: words[1]))
            let family = try #require(families[words[0]])
            for (index, sum) in sums.enumerated() {
                let steps = try spacing.timesteps(index + 1, trainSteps: 1000, offset: 0, family: family)
                #expect(steps.count == index + 1)
                let found = steps.enumerated().reduce(0) { $0 + Int($1.element) * ($1.offset + 1) }
                #expect(found == sum, "\(name), \(index + 1) steps")
            }
        }
    }

    @Test func spacingsStayInside() throws {
        for spacing in TimestepSpacing.allCases {
            for family in [TimestepSpacing.Family.discrete, .continuous, .multistep] {
                for (count, offset) in [(1000, 1), (1000, 999), (1, 999), (7, 3)] {
                    let steps = try spacing.timesteps(count, trainSteps: 1000, offset: offset, family: family)
                    #expect(steps.allSatisfy { $0 >= 0 && $0 <= 999 })
                    #expect(zip(steps, steps.dropFirst()).allSatisfy { $0 >= $1 })
                }
                for (count, offset) in [(0, 0), (1001, 0), (-5, 0), (5, -1), (5, 1000)] {
                    #expect(throws: SamplingError.self) {
                        try spacing.timesteps(count, trainSteps: 1000, offset: offset, family: family)
                    }
                }
            }
        }
    }
}
