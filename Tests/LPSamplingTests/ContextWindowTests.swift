import Testing

@testable import LPSampling

struct ContextWindowTests {
    @Test func orderedHalving() {
        #expect((0..<8).map(ContextWindows.orderedHalving) == [0, 0.5, 0.25, 0.75, 0.125, 0.625, 0.375, 0.875])
        #expect(ContextWindows.orderedHalving(-1) <= 1)
    }

    /// Every frame is seen in every step, by stretches that are whole, in order, and share what they should.
    @Test(arguments: [false, true]) func everyFrameIsSeen(isClosed: Bool) throws {
        for (frames, length, overlap) in [
            (1, 1, 0), (5, 8, 2), (8, 8, 2), (9, 8, 2), (13, 8, 2), (16, 16, 4), (17, 16, 4), (31, 16, 15), (128, 16, 4),
            (128, 24, 0), (33, 1, 0),
        ] {
            let windows = try ContextWindows(frames: frames, length: length, overlap: overlap, isClosed: isClosed)
            for step in 0..<20 {
                let stretches = windows.stretches(step: step)
                #expect(Set(stretches.joined()) == Set(0..<frames))
                for stretch in stretches {
                    #expect(stretch.count == min(length, frames))
                    #expect(zip(stretch, stretch.dropFirst()).allSatisfy { $1 == ($0 + 1) % frames })
                    #expect(isClosed || zip(stretch, stretch.dropFirst()).allSatisfy { $0 < $1 })
                }
                for (one, next) in zip(stretches, stretches.dropFirst()) {
                    #expect(Set(one).intersection(next).count >= min(overlap, frames - 1))
                }
            }
        }
    }

    /// The closed schedule of AnimateDiff-Evolved: 24 frames, windows of 16, 4 shared.
    @Test func closedIsLoopedUniform() throws {
        let windows = try ContextWindows(frames: 24, length: 16, overlap: 4, isClosed: true)
        #expect(windows.stretches(step: 0).map(\.first) == [0, 12])
        #expect(windows.stretches(step: 1).map(\.first) == [12, 0])
        #expect(windows.stretches(step: 2).map(\.first) == [6, 18])
        #expect(windows.stretches(step: 0)[1] == Array(12..<24) + Array(0..<4))
        #expect(windows.weights == [1, 2, 3, 4, 5, 6, 7, 8, 8, 7, 6, 5, 4, 3, 2, 1])
        // A clip that fits turns around its ring.
        let fitting = try ContextWindows(frames: 8, length: 16, overlap: 4, isClosed: true)
        #expect(fitting.stretches(step: 1) == [[4, 5, 6, 7, 0, 1, 2, 3]])
        #expect(fitting.stretches(step: 0) == [Array(0..<8)])
    }

    @Test func openStaysInside() throws {
        let windows = try ContextWindows(frames: 24, length: 16, overlap: 4, isClosed: false)
        #expect(windows.stretches(step: 0).map(\.first) == [0, 8])
        let long = try ContextWindows(frames: 40, length: 16, overlap: 4, isClosed: false)
        #expect(long.stretches(step: 0).map(\.first) == [0, 12, 24])
        #expect(long.stretches(step: 1).map(\.first) == [0, 6, 18, 24])
        #expect(try ContextWindows(frames: 7, length: 7, overlap: 3, isClosed: false).weights == [1, 2, 3, 4, 3, 2, 1])
    }

    @Test func refusesNonsense() {
        for (frames, length, overlap) in [(0, 4, 1), (-1, 4, 1), (8, 0, 0), (8, 4, 4), (8, 4, -1), (Int.max, 4, 1)] {
            #expect(throws: SamplingError.self) {
                try ContextWindows(frames: frames, length: length, overlap: overlap, isClosed: true)
            }
        }
    }
}
