import Glibc
import LPTensor
import LPWeights

/// What the words' thing would look like to the content encoder's head: a classifier's weights made from words.
///
/// Keys `attention` (D to 1), `linear_1` (D to 2D), `linear_2` (2D to K). Letters: L tokens, D text width, K channels of the
/// encoder's head.
struct ConceptQuery: Sendable {
    private let attention: Linear
    private let first: Linear
    private let second: Linear

    init(_ weights: WeightStore.Scope, textWidth: Int, head: Int) throws {
        attention = try Linear(weights.scoped("attention"), textWidth, 1)
        first = try Linear(weights.scoped("linear_1"), textWidth, 2 * textWidth)
        second = try Linear(weights.scoped("linear_2"), 2 * textWidth, head)
    }

    /// How much each place of the photo is what the words name: as such, and against the rest of the photo.
    ///
    /// - Shapes: `head` [1, h, w, K], `text` [1, L, D] -> [1, h, w, 2]
    func likeness(_ head: Tensor, text: Tensor, _ compute: Compute) throws -> Tensor {
        let named = try self.named(text, compute)  // [1, D]
        let query = try second(try first(named, compute, activation: .silu), compute)  // [1, K]
        let score = try compute.scale(try compute.linear(head, Parameter(query), bias: nil), 1 / 8)  // [1, h, w, 1]
        let places = score.count
        guard places > 0 else { throw TensorError.shape("no place to look at: \(head.shape)") }
        var (sum, squares) = (Float(0), Float(0))
        for place in 0..<places { sum += score.pointer[place] }
        let mean = sum / Float(places)
        for place in 0..<places { squares += (score.pointer[place] - mean) * (score.pointer[place] - mean) }
        let deviation = (squares / Float(places) + 0.01).squareRoot()
        let both = try Tensor(uninitialized: Array(head.shape.dropLast()) + [2])
        for place in 0..<places {
            both.pointer[2 * place] = score.pointer[place]
            both.pointer[2 * place + 1] = (score.pointer[place] - mean) / deviation
        }
        return both
    }

    /// The tokens' mean, weighted by how much each of them names the thing: [1, L, D] -> [1, D]
    private func named(_ text: Tensor, _ compute: Compute) throws -> Tensor {
        guard text.shape.count == 3, text.shape[0] == 1, text.shape[1] > 0 else {
            throw TensorError.shape("text states \(text.shape); [1, L, D] are expected")
        }
        let weights = try attention(text, compute).array  // L
        let largest = weights.max() ?? 0
        let shares = weights.map { expf($0 - largest) }
        let total = shares.reduce(0, +)
        let width = text.shape[2]
        let named = try Tensor(zeros: [1, width])
        for (token, share) in shares.enumerated() {
            for index in 0..<width { named.pointer[index] += share / total * text.pointer[token * width + index] }
        }
        return named
    }
}
