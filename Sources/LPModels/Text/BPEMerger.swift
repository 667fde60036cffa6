/// Joins the symbols of one word by the merge rules: always the rule of lowest rank, leftmost first.
///
/// Symbols are a linked list and candidate pairs a heap, so that a word of n bytes costs O(n log n).
struct BPEMerger {
    private struct Candidate {
        let rank: Int32
        let position: Int32
        let left: Int32
        let right: Int32

        func precedes(_ other: Candidate) -> Bool {
            rank != other.rank ? rank < other.rank : position < other.position
        }
    }

    private static let gone: Int32 = -1

    private let vocabulary: BPEVocabulary
    private var ids: [Int32]
    private var next: [Int]
    private var previous: [Int]
    private var heap: [Candidate] = []

    /// The tokens of one word, given as its UTF-8 bytes.
    static func tokens(of word: [UInt8], _ vocabulary: BPEVocabulary) -> [Int32] {
        guard word.count < Int(Int32.max) else { return [] }
        var merger = BPEMerger(word, vocabulary)
        merger.run()
        return merger.ids.filter { $0 != gone }
    }

    private init(_ word: [UInt8], _ vocabulary: BPEVocabulary) {
        self.vocabulary = vocabulary
        ids = word.enumerated().map { index, byte in
            index == word.count - 1 ? vocabulary.final[Int(byte)] : vocabulary.inner[Int(byte)]
        }
        next = Array(1..<(word.count + 1))
        previous = Array(-1..<max(-1, word.count - 1))
        for position in ids.indices { consider(position) }
    }

    private mutating func run() {
        while let best = pop() {
            let position = Int(best.position)
            let following = next[position]
            guard ids[position] == best.left, following < ids.count, ids[following] == best.right,
                let merge = vocabulary.merges[BPEVocabulary.key(best.left, best.right)]
            else { continue }
            ids[position] = merge.result
            ids[following] = Self.gone
            next[position] = next[following]
            if next[position] < ids.count { previous[next[position]] = position }
            consider(position)
            if previous[position] >= 0 { consider(previous[position]) }
        }
    }

    /// Queues the pair that starts at `position`, if there is a rule for it.
    private mutating func consider(_ position: Int) {
        let following = next[position]
        guard following < ids.count else { return }
        let left = ids[position]
        let right = ids[following]
        guard let merge = vocabulary.merges[BPEVocabulary.key(left, right)] else { return }
        push(Candidate(rank: merge.rank, position: Int32(position), left: left, right: right))
    }
}

// MARK: - Binary heap

extension BPEMerger {
    private mutating func push(_ candidate: Candidate) {
        heap.append(candidate)
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child].precedes(heap[parent]) else { return }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    private mutating func pop() -> Candidate? {
        guard let best = heap.first else { return nil }
        let last = heap.removeLast()
        guard !heap.isEmpty else { return best }
        heap[0] = last
        var parent = 0
        while true {
            var smallest = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count {
                if heap[child].precedes(heap[smallest]) { smallest = child }
            }
            guard smallest != parent else { return best }
            heap.swapAt(parent, smallest)
            parent = smallest
        }
    }
}
