/// Philox4x32-10: four random words for every counter, without state.
///
/// Reference: Salmon et al. 2011, "Parallel Random Numbers: As Easy as 1, 2, 3"; Random123's `philox.h`.
package struct Philox: Sendable {
    package typealias Words = (UInt32, UInt32, UInt32, UInt32)

    let key: (UInt32, UInt32)

    package init(key: (UInt32, UInt32)) {
        self.key = key
    }

    package init(seed: UInt64) {
        key = (UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
    }

    package func words(_ counter: Words) -> Words {
        var (a, b, c, d) = counter
        var (low, high) = key
        for _ in 0..<10 {
            let first = a.multipliedFullWidth(by: 0xD251_1F53)
            let second = c.multipliedFullWidth(by: 0xCD9E_8D57)
            (a, b, c, d) = (second.high ^ b ^ low, second.low, first.high ^ d ^ high, first.low)
            low = low &+ 0x9E37_79B9
            high = high &+ 0xBB67_AE85
        }
        return (a, b, c, d)
    }
}
