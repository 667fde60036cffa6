/// A stretch of a mapped file: the weights of one network, of which there may be several in the file.
package struct MappedSpan: Sendable {
    let memory: WeightMemory
    /// In the mapping.
    let bytes: Range<Int>

    /// Says that these weights will not be read for a while: their pages leave this process's memory, and come back by
    /// themselves.
    package func releasePages() { memory.releasePages(bytes) }

    /// The same bytes in as few stretches as possible. Holes too small for a whole page count as part of them.
    static func joined(_ spans: [MappedSpan]) -> [MappedSpan] {
        Dictionary(grouping: spans) { ObjectIdentifier($0.memory) }.values.flatMap { spans in
            spans.sorted { $0.bytes.lowerBound < $1.bytes.lowerBound }.reduce(into: [MappedSpan]()) { joined, next in
                guard let last = joined.last, next.bytes.lowerBound - last.bytes.upperBound < 4096 else {
                    return joined.append(next)
                }
                let end = max(last.bytes.upperBound, next.bytes.upperBound)
                joined[joined.count - 1] = MappedSpan(memory: last.memory, bytes: last.bytes.lowerBound..<end)
            }
        }
    }
}
