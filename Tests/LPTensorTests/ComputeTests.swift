import Glibc
import LPTestSupport
import Testing

@testable import LPTensor

@Suite struct ComputeTests {
    private struct Failure: Error, Equatable { var index: Int }

    @Test(arguments: [1, 2, 3, 8]) func everyIndexOnce(threads: Int) throws {
        let compute = Compute(threads: threads)
        for count in [0, 1, 2, 7, 1000] {
            let seen = try Tensor(zeros: [max(count, 1)])
            try compute.parallel(count) { seen.pointer[$0] += 1 }
            #expect(seen.array.prefix(count).allSatisfy { $0 == 1 })
        }
        #expect(compute.threads == threads)
    }

    @Test func threadsAreClamped() {
        #expect(Compute(threads: -3).threads == 1)
        #expect(Compute(threads: 1000).threads == 64)
        #expect((1...64).contains(Compute(threads: 0).threads))
        #expect(Compute(threads: .min).threads == 1)
    }

    @Test(arguments: [1, 3]) func errorsComeBack(threads: Int) throws {
        let compute = Compute(threads: threads)
        for _ in 0..<20 {
            #expect(throws: Failure.self) {
                try compute.parallel(100) { if $0 % 10 == 7 { throw Failure(index: $0) } }
            }
        }
        // And the pool still works.
        try everyIndexOnce(threads: threads)
        try compute.parallel(10) { _ in }
    }

    @Test func nestedRunsInline() throws {
        let compute = Compute(threads: 3)
        let other = Compute(threads: 2)
        let sums = try Tensor(zeros: [20])
        try compute.parallel(20) { index in
            try compute.parallel(10) { sums.pointer[index] += Float($0) }
            try other.parallel(10) { sums.pointer[index] += Float($0) }
        }
        #expect(sums.array.allSatisfy { $0 == 90 })
    }

    @Test func cancellation() throws {
        let compute = Compute(threads: 2)
        let flag = compute.cancellation
        let started = try Tensor(zeros: [10_000])
        #expect(throws: TensorError.cancelled) {
            try compute.parallel(10_000) { index in
                started.pointer[index] = 1
                if index == 5 { flag.cancel() }
            }
        }
        #expect(started.array.reduce(0, +) < 5000)
        let x = try Tensor(zeros: [64, 64])
        #expect(throws: TensorError.cancelled) { try compute.checkCancelled() }
        #expect(throws: TensorError.cancelled) { try compute.linear(x, Parameter(x), bias: nil) }
        #expect(throws: TensorError.cancelled) { try compute.add(x, x) }
        flag.reset()
        #expect(!flag.isCancelled)
        _ = try compute.add(x, x)
    }

    @Test func cancelledFromAnotherThread() throws {
        let compute = Compute(threads: 2)
        let flag = compute.cancellation
        var thread = pthread_t()
        let raw = Unmanaged.passRetained(flag)
        pthread_create(
            &thread, nil,
            { raw in
                usleep(20_000)
                raw.map { Unmanaged<CancellationFlag>.fromOpaque($0).takeRetainedValue().cancel() }
                return nil
            }, raw.toOpaque())
        let x = try Tensor(zeros: [512, 512])
        #expect(throws: TensorError.cancelled) {
            for _ in 0..<100_000 { _ = try compute.linear(x, Parameter(x), bias: nil) }
        }
        pthread_join(thread, nil)
    }

    @Test func manyComputationsAtOnce() async throws {
        var random = TestRandom(15)
        let x = try random.tensor([300, 65])
        let weight = try Parameter(random.tensor([70, 65]))
        let expected = try Compute(threads: 1).linear(x, weight, bias: nil)
        let shared = Compute(threads: 2)
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for index in 0..<12 {
                group.addTask {
                    let compute = index % 2 == 0 ? shared : Compute(threads: index % 4 + 1)
                    for _ in 0..<20 {
                        guard try compute.linear(x, weight, bias: nil).array == expected.array else { return false }
                    }
                    return true
                }
            }
            for try await same in group { #expect(same) }
        }
    }

    @Test func statisticsCount() throws {
        let compute = Compute(threads: 2)
        let x = try Tensor(zeros: [10, 20])
        _ = try compute.linear(x, Parameter(Tensor(zeros: [30, 20])), bias: nil)
        #expect(compute.statistics.flops == 12000)
        #expect(compute.statistics.products == 1 && compute.statistics.seconds > 0)
        compute.resetStatistics()
        #expect(compute.statistics == ComputeStatistics(flops: 0, seconds: 0, products: 0))
    }
}
