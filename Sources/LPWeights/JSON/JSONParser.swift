/// Strict JSON (RFC 8259) over untrusted bytes: no comments, no trailing commas, no duplicate keys, no lone surrogates,
/// no numbers beyond `Double`; bounded depth, size and number of values, so that a hostile file can cost neither the
/// stack nor much memory. Never traps.
///
/// Keys that are canonically equivalent Unicode count as duplicates, because Swift strings compare so.
package struct JSONParser {
    package struct Limits: Sendable {
        package var bytes: Int
        package var depth: Int
        package var values: Int

        package init(bytes: Int = 16 << 20, depth: Int = 32, values: Int = 1 << 20) {
            self.bytes = bytes
            self.depth = depth
            self.values = values
        }
    }

    private let bytes: UnsafeBufferPointer<UInt8>
    private let limits: Limits
    private var position = 0
    private var values = 0

    package static func parse(_ bytes: [UInt8], limits: Limits = Limits()) throws -> JSONValue {
        try bytes.withUnsafeBufferPointer { try parse($0, limits: limits) }
    }

    package static func parse(_ bytes: UnsafeBufferPointer<UInt8>, limits: Limits = Limits()) throws -> JSONValue {
        guard bytes.count <= limits.bytes else {
            throw JSONError(offset: limits.bytes, reason: "more than \(limits.bytes) bytes of JSON")
        }
        var parser = JSONParser(bytes: bytes, limits: limits)
        parser.skipSpace()
        let value = try parser.value(depth: 0)
        parser.skipSpace()
        guard parser.position == bytes.count else { throw parser.error("text after the end of the value") }
        return value
    }

    private init(bytes: UnsafeBufferPointer<UInt8>, limits: Limits) {
        self.bytes = bytes
        self.limits = limits
    }

    private func error(_ reason: String, at offset: Int? = nil) -> JSONError {
        JSONError(offset: offset ?? position, reason: reason)
    }

    private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipSpace() {
        while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard current == byte else { return false }
        position += 1
        return true
    }

    private mutating func value(depth: Int) throws -> JSONValue {
        guard depth < limits.depth else { throw error("nested deeper than \(limits.depth) levels") }
        values += 1
        guard values <= limits.values else { throw error("more than \(limits.values) values") }
        switch current {
        case nil: throw error("the text ends where a value is due")
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .boolean(true))
        case UInt8(ascii: "f"): return try word("false", .boolean(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return try number()
        }
    }

    private mutating func word(_ text: StaticString, _ value: JSONValue) throws -> JSONValue {
        let start = position
        for index in 0..<text.utf8CodeUnitCount where !take(text.utf8Start[index]) {
            throw error("not a JSON value", at: start)
        }
        return value
    }

    private mutating func object(depth: Int) throws -> JSONValue {
        position += 1
        var members: [String: JSONValue] = [:]
        skipSpace()
        if take(UInt8(ascii: "}")) { return .object(members) }
        while true {
            skipSpace()
            let start = position
            guard current == UInt8(ascii: "\"") else { throw error("a key in quotes is due") }
            let key = try string()
            skipSpace()
            guard take(UInt8(ascii: ":")) else { throw error("a colon is due after a key") }
            skipSpace()
            let member = try value(depth: depth + 1)
            guard members.updateValue(member, forKey: key) == nil else {
                throw error("the key \"\(key.prefix(80))\" appears twice", at: start)
            }
            skipSpace()
            if take(UInt8(ascii: "}")) { return .object(members) }
            guard take(UInt8(ascii: ",")) else { throw error("a comma or a closing brace is due") }
        }
    }

    private mutating func array(depth: Int) throws -> JSONValue {
        position += 1
        var elements: [JSONValue] = []
        skipSpace()
        if take(UInt8(ascii: "]")) { return .array(elements) }
        while true {
            skipSpace()
            elements.append(try value(depth: depth + 1))
            skipSpace()
            if take(UInt8(ascii: "]")) { return .array(elements) }
            guard take(UInt8(ascii: ",")) else { throw error("a comma or a closing bracket is due") }
        }
    }
}

// MARK: - Strings

extension JSONParser {
    private mutating func string() throws -> String {
        let start = position
        position += 1
        let body = position
        while let byte = current, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 { position += 1 }
        if current == UInt8(ascii: "\"") {
            let text = String(validating: bytes[body..<position], as: UTF8.self)
            guard let text else { throw error("a string is not UTF-8", at: start) }
            position += 1
            return text
        }
        var unescaped = Array(bytes[body..<position])
        while true {
            guard let byte = current else { throw error("a string without end", at: start) }
            position += 1
            if byte == UInt8(ascii: "\"") { break }
            guard byte >= 0x20 else { throw error("a control character in a string", at: position - 1) }
            if byte == UInt8(ascii: "\\") {
                try escape(into: &unescaped)
            } else {
                unescaped.append(byte)
            }
        }
        guard let text = String(validating: unescaped, as: UTF8.self) else {
            throw error("a string is not UTF-8", at: start)
        }
        return text
    }

    private mutating func escape(into text: inout [UInt8]) throws {
        guard let byte = current else { throw error("a string without end") }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"): text.append(contentsOf: String(Character(try escapedScalar())).utf8)
        default: throw error("an unknown escape in a string", at: position - 1)
        }
    }

    private mutating func escapedScalar() throws -> Unicode.Scalar {
        let start = position
        let first = try fourDigits()
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard (0xD800..<0xDC00).contains(first), take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else {
            throw error("half a surrogate pair in a string", at: start)
        }
        let second = try fourDigits()
        guard (0xDC00..<0xE000).contains(second),
            let scalar = Unicode.Scalar(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00))
        else { throw error("half a surrogate pair in a string", at: start) }
        return scalar
    }

    private mutating func fourDigits() throws -> UInt32 {
        var number: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = current, let digit = Self.hexadecimal(byte) else {
                throw error("four hexadecimal digits are due")
            }
            position += 1
            number = number << 4 | digit
        }
        return number
    }

    private static func hexadecimal(_ byte: UInt8) -> UInt32? {
        switch byte {
        case 0x30...0x39: UInt32(byte - 0x30)
        case 0x41...0x46: UInt32(byte - 0x41 + 10)
        case 0x61...0x66: UInt32(byte - 0x61 + 10)
        default: nil
        }
    }
}

// MARK: - Numbers

extension JSONParser {
    /// Takes digits; false if there is none.
    private mutating func digits() -> Bool {
        let start = position
        while let byte = current, (0x30...0x39).contains(byte) { position += 1 }
        return position > start
    }

    private mutating func number() throws -> JSONValue {
        let start = position
        _ = take(UInt8(ascii: "-"))
        let first = current
        guard digits() else { throw error("not a JSON value", at: start) }
        let leading = bytes[start] == UInt8(ascii: "-") ? start + 1 : start
        guard first != UInt8(ascii: "0") || position == leading + 1 else {
            throw error("a number with a leading zero", at: start)
        }
        var isWhole = true
        if take(UInt8(ascii: ".")) {
            isWhole = false
            guard digits() else { throw error("digits are due after the decimal point") }
        }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            isWhole = false
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            guard digits() else { throw error("digits are due in the exponent") }
        }
        guard position - start <= 256 else { throw error("a number of more than 256 characters", at: start) }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if isWhole, let number = Int(text) { return .integer(number) }
        guard let number = Double(text), number.isFinite else {
            throw error("a number beyond the range of double precision", at: start)
        }
        return .real(number)
    }
}
