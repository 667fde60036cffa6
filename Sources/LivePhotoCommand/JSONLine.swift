/// One JSON object per line on stdout, written at once: what --json promises.
enum JSONLine {
    static func print(_ members: KeyValuePairs<String, any JSONConvertible>) {
        print(JSONObject(members.map { ($0.key, $0.value) }))
    }

    static func print(_ object: JSONObject) { Terminal.write(object.json + "\n") }
}

/// What can be written as JSON.
protocol JSONConvertible {
    var json: String { get }
}

/// Members in the order in which they were given.
struct JSONObject: JSONConvertible {
    private(set) var members: [(key: String, value: any JSONConvertible)]

    init(_ members: [(String, any JSONConvertible)]) { self.members = members.map { (key: $0.0, value: $0.1) } }

    mutating func append(_ key: String, _ value: any JSONConvertible) { members.append((key, value)) }

    var json: String { "{" + members.map { "\($0.key.json):\($0.value.json)" }.joined(separator: ",") + "}" }
}

extension Double: JSONConvertible {
    /// Six decimals at most: short and exact enough.
    var json: String {
        guard isFinite else { return "null" }
        var text = Plot.fixed(self, 6)
        while text.hasSuffix("0") { text.removeLast() }
        return text.hasSuffix(".") ? String(text.dropLast()) : text
    }
}

extension Int: JSONConvertible { var json: String { String(self) } }
extension Int32: JSONConvertible { var json: String { String(self) } }
extension UInt64: JSONConvertible { var json: String { String(self) } }
extension Bool: JSONConvertible { var json: String { self ? "true" : "false" } }

extension String: JSONConvertible {
    var json: String {
        var out = "\""
        for scalar in unicodeScalars {
            switch scalar {
            case "\"": out += "\\\""
            case "\\": out += "\\\\"
            case "\n": out += "\\n"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                out += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out + "\""
    }
}

extension Array: JSONConvertible where Element: JSONConvertible {
    var json: String { "[" + map(\.json).joined(separator: ",") + "]" }
}
