/// JSON on its way out; members keep their order.
indirect enum JSONText: CustomStringConvertible {
    case text(String)
    case integer(Int)
    case real(Double)
    case flag(Bool)
    case array([JSONText])
    case object([(String, JSONText)])

    var description: String {
        switch self {
        case .text(let text): JSONText.quoted(text)
        case .integer(let value): String(value)
        // JSON has no word for values that are not finite.
        case .real(let value): value.isFinite ? String(value) : "null"
        case .flag(let value): value ? "true" : "false"
        case .array(let values): "[" + values.map(\.description).joined(separator: ", ") + "]"
        case .object(let members):
            "{" + members.map { JSONText.quoted($0.0) + ": " + $0.1.description }.joined(separator: ", ") + "}"
        }
    }

    private static func quoted(_ text: String) -> String {
        var out = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": out += "\\\""
            case "\\": out += "\\\\"
            case "\n": out += "\\n"
            case "\t": out += "\\t"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                out += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out + "\""
    }
}
