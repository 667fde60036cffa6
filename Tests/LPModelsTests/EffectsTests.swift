import LPModels
import LPTensor
import LPTestSupport
import Testing

@Suite struct EffectsTests {
    /// A renderer of one kind.
    private func renderer(
        _ kind: EffectKind, amount: Float = 1, strength: Float = 1, wind: Float = 0.2, seed: UInt64 = 7,
        loops: Bool = false,
        place: Tensor? = nil
    ) throws -> EffectsRenderer {
        var amounts = [Float](repeating: 0, count: EffectKind.allCases.count)
        amounts[kind.rawValue] = amount
        return try EffectsRenderer(
            amounts: amounts, strength: strength, wind: wind, seed: seed, loops: loops, seconds: 2,
            place: try place ?? Tensor(zeros: [8, 8]))
    }

    private func grey(_ height: Int, _ width: Int, _ value: Float = 0.4) throws -> Tensor {
        try Tensor([Float](repeating: value, count: height * width * 3), shape: [height, width, 3])
    }

    /// A mask that is 1 in a rectangle of parts of the picture.
    private func mask(rows: Range<Int>, columns: Range<Int>, of size: Int = 32) throws -> Tensor {
        let place = try Tensor(zeros: [size, size])
        for row in rows { for column in columns { place.pointer[row * size + column] = 1 } }
        return place
    }

    private func drawn(_ renderer: EffectsRenderer, _ time: Float, on frame: Tensor, threads: Int = 1) throws -> Tensor
    {
        let copy = try frame.copy()
        try renderer.draw(time: time, onto: copy, Compute(threads: threads))
        return copy
    }

    /// Mean of one colour over rows and columns of a frame [H, W, 3].
    private func mean(_ frame: Tensor, _ colour: Int, rows: Range<Int>, columns: Range<Int>) -> Float {
        var sum: Float = 0
        for row in rows {
            for column in columns { sum += frame.pointer[(row * frame.shape[1] + column) * 3 + colour] }
        }
        return sum / Float(rows.count * columns.count)
    }

    private func meanChange(_ a: Tensor, _ b: Tensor) -> Float {
        var sum: Float = 0
        for index in 0..<a.count { sum += abs(a.pointer[index] - b.pointer[index]) }
        return sum / Float(a.count)
    }

    @Test(arguments: EffectKind.allCases) func bytesDoNotDependOnThreads(_ kind: EffectKind) throws {
        let frame = try grey(131, 87)
        let renderer = try renderer(kind, strength: 2)
        let one = try drawn(renderer, 0.4, on: frame).array
        #expect(try drawn(renderer, 0.4, on: frame, threads: 3).array == one)
        #expect(try drawn(renderer, 0.4, on: frame.reshaped([1, 131, 87, 3]), threads: 2).array == one)
        #expect(one.allSatisfy { $0 >= 0 && $0 <= 1 })
    }

    @Test(arguments: EffectKind.allCases) func comesUpOutOfNothing(_ kind: EffectKind) throws {
        let frame = try grey(96, 128)
        let renderer = try renderer(kind)
        #expect(try drawn(renderer, 0, on: frame).array == frame.array)
        let changes = try (6..<12).map { meanChange(try drawn(renderer, Float($0) / 15, on: frame), frame) }
        #expect((changes.max() ?? 0) > 2e-4)
    }

    @Test(arguments: EffectKind.allCases) func loopsClose(_ kind: EffectKind) throws {
        let frame = try grey(96, 128)
        let renderer = try renderer(kind, loops: true)
        let first = try drawn(renderer, 0, on: frame)
        #expect(try drawn(renderer, 1, on: frame).array == first.array)
        // Just before the end it is almost there, and in the middle it is not.
        let near = meanChange(try drawn(renderer, 0.9999, on: frame), first)
        let middle: [Float] = [0.3, 0.5, 0.7]
        let far = try middle.map { meanChange(try drawn(renderer, $0, on: frame), first) }.max() ?? 0
        #expect(near < 0.1 * far + 1e-5, "\(near) \(far)")
    }

    /// Content changes as much of a small picture as of a large one.
    @Test(arguments: EffectKind.allCases) func lookDoesNotDependOnSize(_ kind: EffectKind) throws {
        let renderer = try renderer(kind)
        let times: [Float] = [0.35, 0.5, 0.65, 0.8]
        let changes = try [128, 384].map { side in
            let frame = try grey(side, side)
            return try times.reduce(Float(0)) { $0 + meanChange(try drawn(renderer, $1, on: frame), frame) }
        }
        #expect(changes[0] > 0.75 * changes[1] && changes[0] < 1.33 * changes[1], "\(changes)")
    }

    @Test(arguments: EffectKind.allCases) func wildInputIsHarmless(_ kind: EffectKind) throws {
        let wild: [Float] = [.nan, .infinity, -.infinity, -1, 0, 1e30]
        let frames = try [(1, 1), (16, 90), (90, 16), (33, 2)].map { try grey($0, $1) }
        for value in wild {
            var amounts = [Float](repeating: value, count: EffectKind.allCases.count)
            amounts[kind.rawValue] = 1
            let renderer = try EffectsRenderer(
                amounts: amounts, strength: value, wind: value, seed: .max, loops: value == 0, seconds: value,
                place: try Tensor([Float](repeating: value, count: 15), shape: [3, 5]))
            let natural = try self.renderer(kind, place: try Tensor([1, value, 1, value], shape: [2, 2]))
            for frame in frames {
                for time in [.nan, .infinity, -1, 0.5] as [Float] {
                    for result in [try drawn(renderer, time, on: frame), try drawn(natural, time, on: frame)] {
                        #expect(result.array.allSatisfy { $0.isFinite })
                    }
                }
            }
        }
    }

    @Test func refusesWhatDoesNotFit() throws {
        let compute = Compute(threads: 1)
        let mask = try Tensor(zeros: [8, 8])
        func make(_ count: Int, _ place: Tensor) throws -> EffectsRenderer {
            try EffectsRenderer(
                amounts: [Float](repeating: 1, count: count), strength: 1, wind: 0, seed: 0, loops: false, seconds: 2,
                place: place)
        }
        #expect(throws: TensorError.self) { try make(10, mask) }
        #expect(throws: TensorError.self) { try make(13, try Tensor(zeros: [8, 8, 1])) }
        #expect(throws: TensorError.self) { try make(13, try Tensor(zeros: [0, 8])) }
        let renderer = try make(13, mask)
        for shape in [[8, 8, 4], [2, 8, 8, 3], [8, 8], [0, 8, 3]] {
            #expect(throws: TensorError.self) { try renderer.draw(time: 0.5, onto: try Tensor(zeros: shape), compute) }
        }
        #expect(try self.renderer(.fire, amount: 0.05).isEmpty)
        #expect(try self.renderer(.fire, strength: 0).isEmpty)
    }

    @Test(arguments: EffectKind.allCases) func moreStrengthShowsMore(_ kind: EffectKind) throws {
        let frame = try grey(64, 64)
        let changes = try [Float(0.05), 1].map { strength in
            let renderer = try renderer(kind, strength: strength)
            return try (3...15).reduce(Float(0)) {
                $0 + meanChange(try drawn(renderer, Float($1) / 15, on: frame), frame)
            }
        }
        #expect(changes[0] < 0.5 * changes[1], "\(changes)")
    }

    // ---- each kind does what its name says ----

    @Test func snowIsBrightAndFalls() throws {
        let black = try grey(160, 160, 0)
        let renderer = try renderer(.snow, amount: 0.3, wind: 0)
        let a = try drawn(renderer, 0.500, on: black)
        let b = try drawn(renderer, 0.515, on: black)
        #expect((a.array.max() ?? 0) > 0.6)
        // The shift that makes one frame look most like the other is downwards.
        func likeness(_ shift: Int) -> Float {
            var sum: Float = 0
            for row in 8..<152 {
                for column in 0..<160 {
                    sum += a.pointer[(row * 160 + column) * 3] * b.pointer[((row + shift) * 160 + column) * 3]
                }
            }
            return sum
        }
        let best = (-6...6).max { likeness($0) < likeness($1) } ?? 0
        #expect(best > 0, "\(best)")
    }

    @Test func rainDarkensAndGreys() throws {
        let red = try Tensor((0..<64 * 64).flatMap { _ in [Float(0.9), 0.3, 0.3] }, shape: [64, 64, 3])
        let wet = try drawn(try renderer(.rain, amount: 0.5), 0.5, on: red)
        let colours = (0..<3).map { mean(wet, $0, rows: 0..<64, columns: 0..<64) }
        #expect(colours[0] < 0.85 && colours[0] - colours[1] < 0.55)
    }

    @Test func fireBurnsOnItsPlace() throws {
        let dark = try grey(160, 160, 0.1)
        let place = try mask(rows: 22..<28, columns: 4..<14)
        let lit = try drawn(try renderer(.fire, wind: 0, place: place), 0.5, on: dark)
        let there = (0..<3).map { mean(lit, $0, rows: 95..<130, columns: 20..<70) }
        let away = (0..<3).map { mean(lit, $0, rows: 0..<40, columns: 110..<160) }
        #expect(there[0] > away[0] + 0.25 && there[0] > there[1] + 0.1 && there[1] > there[2])
        #expect(away[0] < 0.2)
    }

    @Test func smokeRisesFromItsPlace() throws {
        let black = try grey(160, 160, 0)
        let smoke = try drawn(
            try renderer(.smoke, wind: 0, place: try mask(rows: 20..<26, columns: 14..<18)), 0.7, on: black)
        #expect(mean(smoke, 0, rows: 40..<95, columns: 60..<100) > 0.2)
        #expect(mean(smoke, 0, rows: 130..<160, columns: 0..<160) < 0.01)
    }

    @Test(arguments: [EffectKind.stars, .fireworks]) func skyLightStaysInTheSky(_ kind: EffectKind) throws {
        let night = try grey(160, 160, 0.02)
        let renderer = try renderer(kind, place: try mask(rows: 0..<16, columns: 0..<32))
        var above: Float = 0
        var below: Float = 0
        for n in 4..<16 {
            let frame = try drawn(renderer, Float(n) / 15, on: night)
            above += mean(frame, 1, rows: 0..<75, columns: 0..<160)
            below += mean(frame, 1, rows: 125..<160, columns: 0..<160)
        }
        #expect(above > 1.05 * below, "\(above) \(below)")
    }

    @Test func lightningFlashes() throws {
        let night = try grey(96, 96, 0.15)
        let renderer = try renderer(.lightning)
        let light = try (3..<16).map {
            mean(try drawn(renderer, Float($0) / 15, on: night), 2, rows: 60..<96, columns: 0..<96)
        }
        #expect((light.max() ?? 0) > 0.22 && (light.min() ?? 1) < 0.15)
    }

    @Test func dropsFallBelowAndStreamsComeFromAbove() throws {
        let frame = try grey(160, 160)
        func changed(_ kind: EffectKind, rows: Range<Int>) throws -> Float {
            let renderer = try renderer(kind, wind: 0, place: try mask(rows: 12..<18, columns: 10..<22))
            let times: [Float] = [0.4, 0.6, 0.8]
            return try times.reduce(Float(0)) { sum, time in
                let result = try drawn(renderer, time, on: frame)
                return try sum + meanChange(result.slice(rows), frame.slice(rows))
            }
        }
        #expect(try changed(.drip, rows: 0..<50) == 0)
        #expect(try changed(.drip, rows: 90..<160) > 0)
        #expect(try changed(.pour, rows: 0..<50) > 0)
        #expect(try changed(.pour, rows: 110..<160) == 0)
    }

    @Test func shadowsRunWithTheWindOverAllButTheSky() throws {
        let frame = try grey(96, 128, 0.6)
        let (right, left) = (try shadowed(wind: 0.9), try shadowed(wind: -0.9))
        func shadowed(wind: Float) throws -> [Tensor] {
            let renderer = try renderer(.shadows, wind: wind, place: mask(rows: 0..<16, columns: 0..<32))
            return try [Float(0.5), 0.52].map { try drawn(renderer, $0, on: frame) }
        }
        // The sky keeps its light, the land loses some of it, none gains any.
        #expect(abs(mean(right[0], 0, rows: 0..<40, columns: 0..<128) - 0.6) < 1e-3 && mean(right[0], 0, rows: 60..<96, columns: 0..<128) < 0.5)
        #expect(right[0].array.allSatisfy { $0 <= 0.6 })
        /// How well a line of the land goes on as the one before it, so many pixels to the right.
        func error(_ frames: [Tensor], by shift: Int) -> Float {
            (20..<108).reduce(0) { sum, column in
                let at = { (frame: Tensor, x: Int) in frame.pointer[(80 * 128 + x) * 3] }
                return sum + abs(at(frames[1], column) - at(frames[0], column - shift))
            }
        }
        let shifts = -16...16
        let (gone, back) = (shifts.min { error(right, by: $0) < error(right, by: $1) }, shifts.min { error(left, by: $0) < error(left, by: $1) })
        #expect((gone ?? 0) > 4 && (back ?? 0) < -4, "\(gone ?? 0) \(back ?? 0)")
    }

    @Test func mistRisesAboutTheLowerEdgeOfItsPlace() throws {
        let frame = try grey(128, 128, 0.3)
        let renderer = try renderer(.mist, wind: 0, place: mask(rows: 0..<14, columns: 0..<32))
        let change = try [0.4, 0.7].map { try drawn(renderer, $0, on: frame) }
        for drawn in change {
            // Rows about the edge at 56 of 128, the far end above and the ground below.
            let (edge, ground) = (mean(drawn, 0, rows: 40..<72, columns: 0..<128), mean(drawn, 0, rows: 104..<128, columns: 0..<128))
            #expect(edge > 0.33 && abs(ground - 0.3) < 0.01)
        }
        #expect(meanChange(change[0], change[1]) > 0.005)
    }
}
