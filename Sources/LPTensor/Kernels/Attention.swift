import CLPKernels
import Glibc

extension Compute {
    /// softmax(q kᵀ / sqrt(D / heads)) v, head by head.
    ///
    /// - Parameters:
    ///   - q: [B, Lq, D]
    ///   - k, v: [Bk, Lk, D]; Bk divides B, and batch b reads b * Bk / B
    ///   - heads: divides D
    ///   - causal: query i sees keys 0...i
    /// - Returns: [B, Lq, D]
    /// - Cost: short sequences (the frames of one pixel) run in one kernel without BLAS; long ones as two products per block
    ///   of queries, so that the scores stay in the second-level cache.
    package func attention(_ q: Tensor, _ k: Tensor, _ v: Tensor, heads: Int, causal: Bool = false) throws -> Tensor {
        guard q.shape.count == 3, k.shape.count == 3, k.shape == v.shape, k.shape[2] == q.shape[2], heads > 0,
            q.shape[2] % heads == 0, k.shape[0] > 0, q.shape[0] % k.shape[0] == 0, k.shape[1] > 0 || q.count == 0
        else {
            throw TensorError.shape("attention: q \(q.shape), k \(k.shape), v \(v.shape), heads \(heads)")
        }
        let result = try Tensor(uninitialized: q.shape)
        guard q.count > 0 else { return result }
        let problem = AttentionProblem(
            batches: q.shape[0], keyBatches: k.shape[0], queries: q.shape[1], keys: k.shape[1], width: q.shape[2],
            heads: heads, causal: causal)
        try counted(flops: 4 * Double(q.count) * Double(problem.keys)) {
            if problem.isShort {
                try shortAttention(problem, q, k, v, result)
            } else {
                try longAttention(problem, q, k, v, result)
            }
        }
        return result
    }

    private func shortAttention(
        _ problem: AttentionProblem, _ q: Tensor, _ k: Tensor, _ v: Tensor, _ result: Tensor
    ) throws {
        let head = problem.headWidth
        let needed = clp_attention_small_scratch(problem.keys, head)
        try parallelRuns(problem.batches * problem.heads, step: problem.shortStep) { run in
            try scratch.lend(needed) { memory in
                for item in run {
                    let (batch, column) = (item / problem.heads, item % problem.heads * head)
                    let query = batch * problem.queries * problem.width + column
                    let key = problem.keyBatch(batch) * problem.keys * problem.width + column
                    clp_attention_small(
                        q.pointer + query, k.pointer + key, v.pointer + key, result.pointer + query, problem.queries,
                        problem.keys, head, problem.width, problem.factor, problem.causal, memory)
                }
            }
        }
    }

    private func longAttention(
        _ problem: AttentionProblem, _ q: Tensor, _ k: Tensor, _ v: Tensor, _ result: Tensor
    ) throws {
        let (head, width, keys) = (problem.headWidth, problem.width, problem.keys)
        let step = problem.queryStep
        let blocks = (problem.queries + step - 1) / step
        try parallel(problem.batches * problem.heads * blocks) { index in
            let (item, first) = (index / blocks, index % blocks * step)
            let (batch, column) = (item / problem.heads, item % problem.heads * head)
            let rows = min(step, problem.queries - first)
            let query = (batch * problem.queries + first) * width + column
            let key = problem.keyBatch(batch) * keys * width + column
            try scratch.lend(step * keys + step) { scores in  // [rows, Lk], [rows]
                try BLAS.product(
                    rows, keys, head, .init(pointer: q.pointer + query, stride: width),
                    .init(pointer: k.pointer + key, stride: width, transposed: true), factor: problem.factor,
                    scores, stride: keys)
                let sums = scores + step * keys
                clp_exp_rows(scores, rows, keys, keys, problem.causal ? first : -1, sums)
                try BLAS.product(
                    rows, head, keys, .init(pointer: scores, stride: keys),
                    .init(pointer: v.pointer + key, stride: width), result.pointer + query, stride: width)
                clp_scale_rows(result.pointer + query, sums, rows, head, width)
            }
        }
    }
}

/// The checked sizes of one attention.
struct AttentionProblem: Sendable {
    let batches: Int
    let keyBatches: Int
    let queries: Int
    let keys: Int
    let width: Int
    let heads: Int
    let causal: Bool

    var headWidth: Int { width / heads }
    var factor: Float { 1 / Float(headWidth).squareRoot() }
    var isShort: Bool { keys <= 64 && headWidth <= 256 }
    /// Heads of short sequences per piece of work: about a quarter of a million multiplications.
    var shortStep: Int { min(max(262_144 / max(queries * keys * headWidth, 1), 1), 64) }
    /// Queries per piece of a long one: scores of up to 512 KB.
    var queryStep: Int { min(max(131_072 / keys / 8 * 8, 16), 256) }

    func keyBatch(_ batch: Int) -> Int { batch / (batches / keyBatches) }
}
