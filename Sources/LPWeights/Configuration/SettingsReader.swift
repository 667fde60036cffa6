/// Reads one object of config.json, key by key, with a range for every number. Errors name the full key.
struct SettingsReader {
    let members: [String: JSONValue]
    /// Path of this object in the file, with a trailing dot; empty at the top.
    let path: String

    init(_ value: JSONValue, path: String = "") throws {
        guard let members = value.object else {
            let key = path.isEmpty ? "(all of it)" : String(path.dropLast())
            throw WeightError.setting(key: key, reason: "is \(value.kind); an object is expected")
        }
        self.members = members
        self.path = path
    }

    func failure(_ key: String, _ reason: String) -> WeightError {
        .setting(key: path + key, reason: reason)
    }

    /// nil when the key is absent or null.
    func value(_ key: String) -> JSONValue? {
        guard let value = members[key], value != .null else { return nil }
        return value
    }

    private func required(_ key: String) throws -> JSONValue {
        guard let value = value(key) else { throw failure(key, "is missing") }
        return value
    }

    func section(_ key: String) throws -> SettingsReader {
        try SettingsReader(try required(key), path: "\(path)\(key).")
    }

    func optionalSection(_ key: String) throws -> SettingsReader? {
        value(key) == nil ? nil : try section(key)
    }

    func integer(_ key: String, _ range: ClosedRange<Int>, default fallback: Int? = nil) throws -> Int {
        if value(key) == nil, let fallback { return fallback }
        return try integer(try required(key), key, range)
    }

    private func integer(_ value: JSONValue, _ key: String, _ range: ClosedRange<Int>) throws -> Int {
        guard let number = value.integer else {
            throw failure(
                key, "is \(value.kind) that is not a whole number between \(range.lowerBound) and \(range.upperBound)")
        }
        guard range.contains(number) else {
            throw failure(key, "is \(number); \(range.lowerBound) to \(range.upperBound) is expected")
        }
        return number
    }

    func real(_ key: String, _ range: ClosedRange<Double>, default fallback: Double? = nil) throws -> Double {
        if value(key) == nil, let fallback { return fallback }
        return try real(try required(key), key, range)
    }

    private func real(_ value: JSONValue, _ key: String, _ range: ClosedRange<Double>) throws -> Double {
        guard let number = value.real else { throw failure(key, "is \(value.kind); a number is expected") }
        guard range.contains(number) else {
            throw failure(key, "is \(number); \(range.lowerBound) to \(range.upperBound) is expected")
        }
        return number
    }

    func flag(_ key: String, default fallback: Bool) throws -> Bool {
        guard let value = value(key) else { return fallback }
        guard let flag = value.boolean else { throw failure(key, "is \(value.kind); true or false is expected") }
        return flag
    }

    func text(_ key: String, default fallback: String? = nil, limit: Int = 4096) throws -> String {
        if value(key) == nil, let fallback { return fallback }
        let value = try required(key)
        guard let text = value.string else { throw failure(key, "is \(value.kind); a string is expected") }
        guard text.utf8.count <= limit, !text.utf8.contains(0) else {
            throw failure(key, "is not a text of at most \(limit) bytes")
        }
        return text
    }

    func choice<Value: RawRepresentable & CaseIterable>(
        _ key: String, default fallback: Value? = nil
    ) throws -> Value where Value.RawValue == String {
        if value(key) == nil, let fallback { return fallback }
        return try choice(try required(key), key)
    }

    private func choice<Value: RawRepresentable & CaseIterable>(
        _ value: JSONValue, _ key: String
    ) throws -> Value where Value.RawValue == String {
        guard let text = value.string else { throw failure(key, "is \(value.kind); a string is expected") }
        guard let choice = Value(rawValue: text) else {
            let known = Value.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
            throw failure(key, "is \"\(text.prefix(80))\"; one of \(known) is expected")
        }
        return choice
    }

    private func list(_ key: String, _ counts: ClosedRange<Int>) throws -> [JSONValue] {
        let value = try required(key)
        guard let elements = value.array else { throw failure(key, "is \(value.kind); a list is expected") }
        guard counts.contains(elements.count) else {
            let expected = counts.count == 1 ? "\(counts.lowerBound)" : "\(counts.lowerBound) to \(counts.upperBound)"
            throw failure(key, "has \(elements.count) elements; \(expected) are expected")
        }
        return elements
    }

    func elements(_ key: String, count: ClosedRange<Int>) throws -> [JSONValue] { try list(key, count) }

    func integers(_ key: String, count: ClosedRange<Int>, _ range: ClosedRange<Int>) throws -> [Int] {
        try list(key, count).enumerated().map { try integer($1, "\(key)[\($0)]", range) }
    }

    /// One row of a list of lists, with a range for each of its members.
    func integers(row: Int, of key: String, _ ranges: [ClosedRange<Int>]) throws -> [Int] {
        let name = "\(key)[\(row)]"
        let rows = try list(key, 0...Int.max)
        guard rows.indices.contains(row), let members = rows[row].array, members.count == ranges.count else {
            throw failure(name, "is not a list of \(ranges.count) whole numbers")
        }
        return try zip(members, ranges).enumerated().map { try integer($1.0, "\(name)[\($0)]", $1.1) }
    }

    func reals(
        _ key: String, count: Int, _ range: ClosedRange<Double>, default fallback: [Double]? = nil
    ) throws -> [Double] {
        if value(key) == nil, let fallback { return fallback }
        return try list(key, count...count).enumerated().map { try real($1, "\(key)[\($0)]", range) }
    }

    func choices<Value: RawRepresentable & CaseIterable>(
        _ key: String, count: ClosedRange<Int>
    ) throws -> [Value] where Value.RawValue == String {
        try list(key, count).enumerated().map { try choice($1, "\(key)[\($0)]") }
    }

    /// Throws unless `divisor` (the value of `key`) divides every one of `values` (of `other`).
    func requireDivides(_ key: String, _ divisor: Int, _ values: [Int], of other: String) throws {
        for value in values where value % divisor != 0 {
            throw failure(key, "is \(divisor), which does not divide \(value) of '\(path)\(other)'")
        }
    }
}

/// Bounds that keep every later product of sizes far from overflow.
enum Limit {
    static let width = 1...16384
    static let layers = 1...256
    static let heads = 1...1024
    static let epsilon = 1e-12...0.1
}
