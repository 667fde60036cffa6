import Foundation

/// One JSON object per line on stdout, written at once: what --json promises.
enum JSONLine {
    static func print(_ object: [String: Any]) {
        let options: JSONSerialization.WritingOptions = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? JSONSerialization.data(withJSONObject: object, options: options) else { return }
        FileHandle.standardOutput.write(data + Data("\n".utf8))
    }

    /// Short and exact enough: six decimals, and none of the tail that binary fractions have in decimal.
    static func number(_ value: Double) -> NSDecimalNumber {
        value.isFinite ? NSDecimalNumber(string: String(format: "%.6f", value)) : .zero
    }
}
