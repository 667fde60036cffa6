import LPTestSupport
import Testing

@testable import LPTensor

@Suite struct LayoutTests {
    let compute = Compute(threads: 2)

    @Test func blockSizesAreCoarseAndLargeEnough() {
        for bytes in [0, 1, 64, 65, 262_143, 262_144, 262_145, 1_000_000, 6_291_456, 50_331_649, 1 << 40] {
            let size = MemoryCache.roundedSize(bytes)
            #expect(size >= max(bytes, 64) && size <= max(bytes + bytes / 4, 64), "\(bytes) -> \(size)")
            #expect(MemoryCache.roundedSize(size) == size)
        }
        #expect(MemoryCache.roundedSize(.max - 5000) == .max - 5000)
    }

    @Test func tensorSharesStorage() throws {
        let x = try Tensor([0, 1, 2, 3, 4, 5], shape: [3, 2])
        let part = try x.slice(1..<3)
        #expect(part.shape == [2, 2] && part.array == [2, 3, 4, 5])
        try compute.addInPlace(part, part)
        #expect(x.array == [0, 1, 4, 6, 8, 10])
        #expect(try x.copy().slice(0..<0).count == 0)
        #expect(try x.reshaped([2, 3]).array == x.array)
        #expect(UInt(bitPattern: x.pointer) % 64 == 0)
    }

    @Test(arguments: [[1, 1, 1], [3, 5, 2], [16, 257, 7], [2, 3, 70000]])
    func swapFirstTwo(size: [Int]) throws {
        var random = TestRandom(8)
        let x = try random.tensor(size)
        let y = try compute.swapFirstTwo(x)
        #expect(y.shape == [size[1], size[0], size[2]])
        let (b, c) = (size[1], size[2])
        #expect(
            (0..<x.count).allSatisfy { i in
                x.pointer[i] == y.pointer[(i / c % b * size[0] + i / c / b) * c + i % c]
            })
        try expectIdentical(compute.swapFirstTwo(y), x)
    }

    @Test func concatenation() throws {
        var random = TestRandom(9)
        let (a, b) = try (random.tensor([2, 301, 3]), random.tensor([2, 301, 70]))
        let joined = try compute.concatChannels([a, b, a])
        #expect(joined.shape == [2, 301, 76])
        #expect(
            (0..<602).allSatisfy { row in
                (0..<76).allSatisfy { c in
                    let value = joined.pointer[row * 76 + c]
                    return c < 3
                        ? value == a.pointer[row * 3 + c]
                        : c < 73 ? value == b.pointer[row * 70 + c - 3] : value == a.pointer[row * 3 + c - 73]
                }
            })
        let stacked = try compute.concatFirst([a, a.slice(0..<1)])
        #expect(stacked.shape == [3, 301, 3] && stacked.array == a.array + a.array.prefix(903))
    }

    @Test func rowsAreAdded() throws {
        var random = TestRandom(10)
        let x = try random.tensor([3, 5, 400, 17])
        let rows = try random.tensor([3, 17])
        let y = try compute.addRows(x, rows)
        #expect((0..<x.count).allSatisfy { y.pointer[$0] == x.pointer[$0] + rows.pointer[$0 / 34000 * 17 + $0 % 17] })
        let one = try compute.addRows(x, rows.slice(1..<2))
        #expect((0..<x.count).allSatisfy { one.pointer[$0] == x.pointer[$0] + rows.pointer[17 + $0 % 17] })
    }
}
