import LPTensor
import Testing

@testable import LPSampling

struct NoiseTests {
    let compute = Compute(threads: 2)

    /// Known answers of Random123 (tests/kat_vectors, philox4x32 with 10 rounds).
    @Test func knownAnswers() throws {
        let published: [(Philox.Words, (UInt32, UInt32), Philox.Words)] = [
            ((0, 0, 0, 0), (0, 0), (0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8)),
            (
                (.max, .max, .max, .max), (.max, .max),
                (0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd)
            ),
            (
                (0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344), (0xa409_3822, 0x299f_31d0),
                (0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1)
            ),
        ]
        for (counter, key, words) in published {
            #expect(Philox(key: key).words(counter) == words)
        }
        for known in try Fixtures.load("noise", as: NoiseFixtures.self).known {
            let c = known.counter
            let found = Philox(key: (known.key[0], known.key[1])).words((c[0], c[1], c[2], c[3]))
            #expect([found.0, found.1, found.2, found.3] == known.words)
        }
    }

    @Test func sameAsNumPy() throws {
        for golden in try Fixtures.load("noise", as: NoiseFixtures.self).normals {
            let noise = try PhiloxNoise(seed: golden.seed).tensor(frames: 16, frameShape: [1, 7, 2], compute: compute)
            let found = Array(noise.array[golden.frame * 14..<(golden.frame + 1) * 14])
            for (value, wanted) in zip(found, golden.values) {
                #expect(abs(value - wanted) <= wanted.ulp)
            }
        }
    }

    @Test func frameIsTheSameInAnyClip() throws {
        let noise = PhiloxNoise(seed: 7)
        let long = try noise.tensor(frames: 9, frameShape: [5, 3, 3], compute: compute).array
        for (frames, threads) in [(1, 1), (4, 2), (9, 1), (9, 5)] {
            let other = Compute(threads: threads)
            let short = try noise.tensor(frames: frames, frameShape: [5, 3, 3], compute: other).array
            #expect(short == Array(long.prefix(frames * 45)))
        }
        // A larger frame begins with the values of a smaller one.
        let wide = try noise.tensor(frames: 1, frameShape: [8, 8, 4], compute: compute).array
        #expect(Array(wide.prefix(45)) == Array(long.prefix(45)))
    }

    @Test func looksNormal() throws {
        let values = try PhiloxNoise(seed: 3).tensor(frames: 4, frameShape: [64, 64, 4], compute: compute).array
        let count = Double(values.count)
        let mean = values.reduce(0) { $0 + Double($1) } / count
        let variance = values.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / count
        #expect(abs(mean) < 0.01)
        #expect(abs(variance - 1) < 0.02)
        let beyond = Double(values.count { abs($0) > 1.959964 }) / count
        #expect(abs(beyond - 0.05) < 0.005)
        #expect(PhiloxNoise.normals(.max, 0).0 == 0)
        #expect(PhiloxNoise.normals(0, 0).0.isFinite)
    }

    @Test func seedsDiffer() throws {
        let seeds: [UInt64] = [0, 1, 1 << 32, .max]
        let clips = try seeds.map { seed in
            try PhiloxNoise(seed: seed).tensor(frames: 1, frameShape: [4], compute: compute).array
        }
        #expect(Set(clips).count == seeds.count)
        #expect(throws: TensorError.self) {
            try PhiloxNoise(seed: 0).tensor(frames: -1, frameShape: [4], compute: compute)
        }
        #expect(try PhiloxNoise(seed: 0).tensor(frames: 0, frameShape: [4], compute: compute).count == 0)
    }
}
