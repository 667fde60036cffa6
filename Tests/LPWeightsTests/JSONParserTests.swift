import Testing

@testable import LPWeights

@Suite struct JSONParserTests {
    private func parse(_ text: String, limits: JSONParser.Limits = .init()) throws -> JSONValue {
        try JSONParser.parse([UInt8](text.utf8), limits: limits)
    }

    @Test func readsEveryKindOfValue() throws {
        let value = try parse(" {\"a\": [1, -2, 0.5, 1e2, true, false, null, \"x\"], \"b\": {}, \"c\": []}\r\n\t")
        let list: [JSONValue] = [
            .integer(1), .integer(-2), .real(0.5), .real(100), .boolean(true), .boolean(false), .null, .string("x"),
        ]
        #expect(value == .object(["a": .array(list), "b": .object([:]), "c": .array([])]))
    }

    @Test func readsEscapes() throws {
        #expect(try parse(#""\"\\\/\b\f\n\r\t\u0041\u00e9\ud83d\udd25 é🔥""#) == .string("\"\\/\u{8}\u{C}\n\r\tAé🔥 é🔥"))
        #expect(try parse(#""\u0000""#) == .string("\0"))
    }

    @Test func wholeNumbersStayWhole() throws {
        #expect(try parse("9223372036854775807") == .integer(Int.max))
        #expect(try parse("-9223372036854775808") == .integer(Int.min))
        #expect(try parse("9223372036854775808") == .real(9_223_372_036_854_775_808))
        #expect(try parse("-0") == .integer(0))
        #expect(try parse("1.0") == .real(1))
        #expect(try parse("1e-400") == .real(0))
    }

    @Test(
        arguments: [
            "", " ", "{", "[", "\"", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,", "[1", "[1,", "[1,]", "{\"a\":1,}",
            "{,}", "[,]",
            "{a:1}", "{'a':1}", "{1:1}", "01", "-", "+1", ".5", "1.", "1e", "1e+", "-01", "0x10", "NaN", "Infinity",
            "1e999", "-1e999",
            "tru", "TRUE", "nul", "truefalse", "1 2", "[] []", "// x\n1", "/**/1", "\"\\x\"", "\"\\u12\"",
            "\"\\u12g4\"", "\"\\ud800\"",
            "\"\\udc00\"", "\"\\ud800\\u0041\"", "\"\\ud800\\ud800\"", "\"a\nb\"", "\"\u{1}\"", "\u{FEFF}1",
            "{\"a\":1,\"a\":2}",
            "{\"\\u0061\":1,\"a\":2}", "[1}", "{\"a\":1]", "\u{0}",
        ])
    func refuses(text: String) {
        #expect(throws: JSONError.self) { try parse(text) }
    }

    @Test(arguments: [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xC3]] as [[UInt8]])
    func refusesStringsThatAreNotUTF8(bytes: [UInt8]) {
        #expect(throws: JSONError.self) { try JSONParser.parse([0x22] + bytes + [0x22]) }
        #expect(throws: JSONError.self) { try JSONParser.parse([0x22, 0x5C, 0x6E] + bytes + [0x22]) }
    }

    @Test func depthIsLimited() throws {
        let deep = String(repeating: "[", count: 32) + String(repeating: "]", count: 32)
        #expect(throws: Never.self) { try parse(deep) }
        #expect(throws: JSONError.self) { try parse("[" + deep + "]") }
        #expect(throws: JSONError.self) { try parse(String(repeating: "[", count: 1_000_000)) }
        #expect(throws: JSONError.self) { try parse(String(repeating: "{\"a\":", count: 1_000_000)) }
    }

    @Test func sizeAndNumberOfValuesAreLimited() {
        #expect(throws: JSONError.self) { try parse("[1,2,3]", limits: .init(bytes: 6)) }
        #expect(throws: JSONError.self) { try parse("[1,2,3]", limits: .init(values: 3)) }
        #expect(throws: Never.self) { try parse("[1,2,3]", limits: .init(bytes: 7, values: 4)) }
        #expect(throws: JSONError.self) { try parse(String(repeating: "1", count: 257)) }
    }

    @Test func errorsSayWhere() {
        #expect(throws: JSONError(offset: 7, reason: "the key \"a\" appears twice")) { try parse("{\"a\":1,\"a\":2}") }
        #expect(throws: JSONError(offset: 3, reason: "not a JSON value")) { try parse("[1,x]") }
    }

    @Test func damagedTextsNeverTrap() throws {
        let text = Array(
            #"{"a": [1, -2.5e3, {"b": "x\u00e9\ud83d\udd25\n"}], "c": true, "é": null, "d": {"e": [[], {}, ""]}}"#.utf8)
        var mutator = Mutator(seed: 1)
        var refused = 0
        for _ in 0..<5000 {
            do {
                _ = try JSONParser.parse(mutator.mutate(text))
            } catch {
                #expect(error is JSONError)
                refused += 1
            }
        }
        #expect(refused > 1000)
    }
}
