extension JSONValue {
    /// The value as JSON, indented, members in the order of their names.
    package var text: String {
        var out = ""
        write(to: &out, indent: "\n")
        return out
    }

    private func write(to out: inout String, indent: String) {
        switch self {
        case .null: out += "null"
        case .boolean(let flag): out += flag ? "true" : "false"
        case .integer(let number): out += String(number)
        case .real(let number): out += "\(number)"
        case .string(let text): Self.quote(text, to: &out)
        case .array(let elements):
            // Lists of settings are short, and read better in one line.
            out += "["
            for (index, element) in elements.enumerated() {
                if index > 0 { out += ", " }
                element.write(to: &out, indent: indent + "  ")
            }
            out += "]"
        case .object(let members):
            out += "{"
            for (index, member) in members.sorted(by: { $0.key < $1.key }).enumerated() {
                out += (index > 0 ? "," : "") + indent + "  "
                Self.quote(member.key, to: &out)
                out += ": "
                member.value.write(to: &out, indent: indent + "  ")
            }
            out += members.isEmpty ? "}" : indent + "}"
        }
    }

    private static func quote(_ text: String, to out: inout String) {
        out += "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": out += "\\\""
            case "\\": out += "\\\\"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                out += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: out.unicodeScalars.append(scalar)
            }
        }
        out += "\""
    }
}
