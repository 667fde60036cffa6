import LPTensor

/// Turns noise into a clip, one evaluation of the network at a time.
///
///     var x = noise * sampler.initialNoiseScale
///     for index in sampler.timesteps.indices {
///         let output = network(try sampler.modelInput(x, at: index), sampler.timesteps[index])
///         x = try sampler.step(x, prediction: output, at: index)
///     }
///
/// The clip is `predictedOriginal` of the last step. (x after it is the same, but with DDIM when the number of steps
/// does not divide that of training: diffusers' DDIM then stops a step short of the clean end, and so does this one.) A
/// sampler serves one clip at a time from one thread; its tensors' shapes are the caller's affair, all of one clip
/// alike.
package protocol Sampler: AnyObject {
    /// Training steps to evaluate the network at, falling. They may lie between whole steps (Euler).
    var timesteps: [Double] { get }
    /// Factor on unit normal noise before the first step.
    var initialNoiseScale: Double { get }

    /// What x before a step is made of: so much of the clean sample, so much unit noise.
    ///
    /// - Throws: `SamplingError.argument` for an index out of range
    func mixture(at index: Int) throws -> (original: Double, noise: Double)
    /// The noise channels as the network wants them: variance about 1 at every level.
    func modelInput(_ x: Tensor, at index: Int) throws -> Tensor
    /// The next x from this one and the network's output (after guidance).
    ///
    /// - Throws: `SamplingError.argument` for an index out of range, `TensorError`
    func step(_ x: Tensor, prediction: Tensor, at index: Int) throws -> Tensor
    /// The clean sample that this output promises, for previews. Changes nothing.
    func predictedOriginal(_ x: Tensor, prediction: Tensor, at index: Int) throws -> Tensor
    /// Forgets the steps taken. Needed when a clip is given up half way.
    func reset()
}

extension Sampler {
    /// The noisy sample that step `index` starts from when the clip is known: for runs that begin at a photo.
    package func noised(_ original: Tensor, noise: Tensor, at index: Int, _ compute: Compute) throws -> Tensor {
        let parts = try mixture(at: index)
        return try compute.axpby(Float(parts.original), original, Float(parts.noise), noise)
    }

    func check(_ index: Int) throws {
        guard timesteps.indices.contains(index) else {
            throw SamplingError.argument("step \(index) of \(timesteps.count)")
        }
    }
}
