/// Frames per second as a fraction, 1 to 120.
package struct FrameRate: Sendable, Equatable {
    package let numerator: Int32
    package let denominator: Int32

    package static let range = 1.0...120.0

    /// - Throws: `MediaError.invalidArgument` outside 1...120 frames per second.
    package init(_ numerator: Int, per denominator: Int = 1) throws {
        guard denominator > 0, numerator > 0, numerator <= 1 << 24, denominator <= 1 << 24,
            Self.range.contains(Double(numerator) / Double(denominator))
        else {
            throw MediaError.invalidArgument("\(numerator)/\(denominator) frames per second, expected 1 to 120")
        }
        let divisor = Self.greatestDivisor(numerator, denominator)
        self.numerator = Int32(numerator / divisor)
        self.denominator = Int32(denominator / divisor)
    }

    /// The nearest simple fraction: whole numbers, the NTSC rates (30000/1001 and its like), else thousandths.
    package init(_ value: Double) throws {
        guard value.isFinite, Self.range.contains(value) else {
            throw MediaError.invalidArgument("\(value) frames per second, expected 1 to 120")
        }
        let whole = value.rounded()
        let broadcast = (value * 1.001).rounded()
        if abs(value - whole) < 0.0005 {
            try self.init(Int(whole))
        } else if abs(value - broadcast / 1.001) < 0.0005 {
            try self.init(Int(broadcast) * 1000, per: 1001)
        } else {
            try self.init(Int((value * 1000).rounded()), per: 1000)
        }
    }

    package var value: Double { Double(numerator) / Double(denominator) }

    private static func greatestDivisor(_ a: Int, _ b: Int) -> Int { b == 0 ? a : greatestDivisor(b, a % b) }
}
