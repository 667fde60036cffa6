import LPTensor

/// What travels through the blocks during one forward pass.
final class UNetState {
    /// SiLU of the time embedding, [F, E] or [1, E].
    let embedding: Tensor
    /// Outputs of the way down, waiting for the way up.
    private var skips: [Tensor] = []
    private let contexts: [TransformerBlock.Context]
    /// What the motion modules' outputs are multiplied by.
    let motionScale: Float
    private var used = 0

    init(embedding: Tensor, contexts: [TransformerBlock.Context], motionScale: Float) {
        self.motionScale = motionScale
        self.embedding = embedding
        self.contexts = contexts
    }

    func push(_ skip: Tensor) { skips.append(skip) }

    func pop() throws -> Tensor {
        guard let skip = skips.popLast() else { throw TensorError.shape("the UNet has more layers up than down") }
        return skip
    }

    var topSkip: Tensor? { skips.last }

    /// Keys and values of the transformers, in the order in which the pass meets them.
    func nextContext() throws -> TransformerBlock.Context {
        guard used < contexts.count else { throw TensorError.shape("the context belongs to another UNet") }
        used += 1
        return contexts[used - 1]
    }
}
