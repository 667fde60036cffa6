import Glibc

/// Replacements in a tensor's name, part by part, where the parts stand between dots.
///
/// A rule is a stretch of parts and what takes its place; `#` stands for one number, and keeps it. Rules are tried at
/// every part from the left; the first that fits is used, and the search goes on behind it.
struct NameRules {
    private struct Rule {
        let from: [Substring]
        let to: [Substring]
    }

    private let rules: [Rule]

    init(_ table: KeyValuePairs<String, String>) {
        rules = table.map { Rule(from: $0.key.split(separator: "."), to: $0.value.split(separator: ".")) }
    }

    func callAsFunction(_ name: Substring) -> String {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        var result: [Substring] = []
        var index = 0
        while index < parts.count {
            guard let (rule, numbers) = match(parts[index...]) else {
                result.append(parts[index])
                index += 1
                continue
            }
            var numbersLeft = numbers[...]
            result += rule.to.map { $0 == "#" ? numbersLeft.popFirst() ?? $0 : $0 }
            index += rule.from.count
        }
        return result.joined(separator: ".")
    }

    func callAsFunction(_ name: String) -> String { self(Substring(name)) }

    private func match(_ parts: ArraySlice<Substring>) -> (Rule, [Substring])? {
        for rule in rules where rule.from.count <= parts.count {
            var numbers: [Substring] = []
            let fits = zip(rule.from, parts).allSatisfy { wanted, part in
                guard wanted == "#" else { return wanted == part }
                numbers.append(part)
                return !part.isEmpty && part.allSatisfy { $0.isASCII && $0.isNumber }
            }
            if fits { return (rule, numbers) }
        }
        return nil
    }
}

extension String {
    /// The text behind a prefix; nil if it does not begin so.
    func dropping(prefix: String) -> String? {
        guard utf8.starts(with: prefix.utf8) else { return nil }
        return String(decoding: utf8.dropFirst(prefix.utf8.count), as: UTF8.self)
    }

    /// The text before a suffix; nil if it does not end so.
    func dropping(suffix: String) -> String? {
        guard hasSuffix(suffix) else { return nil }
        return String(decoding: utf8.dropLast(suffix.utf8.count), as: UTF8.self)
    }

    /// Whether the text holds another one. (The standard library alone has no such search.)
    func includes(_ part: String) -> Bool {
        var (text, part) = (self, part)
        return text.withUTF8 { text in
            part.withUTF8 { part in
                guard let wanted = part.baseAddress, let first = part.first else { return true }
                guard var start = UnsafeRawPointer(text.baseAddress) else { return false }
                var rest = text.count
                while rest >= part.count, let hit = memchr(start, Int32(first), rest - part.count + 1) {
                    if memcmp(hit, wanted, part.count) == 0 { return true }
                    rest -= UnsafeRawPointer(hit) - start + 1
                    start = UnsafeRawPointer(hit) + 1
                }
                return false
            }
        }
    }
}
