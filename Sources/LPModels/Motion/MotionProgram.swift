import LPTensor
import LPWeights

/// Says what moves and how, from the words and the intensity alone: the form of every trajectory from the words, the sizes from both.
/// Our addition; see "Motion program" in Models/FORMAT.md.
///
/// Keys `form_1`, `form_2`, `shape`, `static`, `size_1`, `size_2`.
package struct MotionProgram: Sendable {
    private let form1: Linear
    private let form2: Linear
    private let shape: Linear
    private let fixed: Linear
    private let size1: Linear
    private let size2: Linear
    private let levelFeatures: Int

    package init(_ weights: WeightStore.Scope, textWidth: Int, levelFeatures: Int, hidden: Int) throws {
        form1 = try Linear(weights.scoped("form_1"), textWidth, hidden)
        form2 = try Linear(weights.scoped("form_2"), hidden, hidden)
        shape = try Linear(weights.scoped("shape"), hidden, MotionScript.shapeCount)
        fixed = try Linear(weights.scoped("static"), hidden, MotionScript.fixedCount)
        size1 = try Linear(weights.scoped("size_1"), textWidth + levelFeatures, hidden)
        size2 = try Linear(weights.scoped("size_2"), hidden, MotionScript.sizeCount)
        self.levelFeatures = levelFeatures
    }

    /// - Parameters:
    ///   - textBag: one bag a frame [F, D]; their mean counts
    ///   - level: motion intensity, 1...10
    package func callAsFunction(textBag: Tensor, level: Float, _ compute: Compute) throws -> MotionScript {
        guard textBag.shape.count == 2 else { throw TensorError.shape("no text bag: \(textBag.shape)") }
        let bag = try textBag.meanOverFirst()  // [1, D]
        let form = try form2(try form1(bag, compute, activation: .silu), compute, activation: .silu)  // [1, H]
        let features = try SinusoidalFeatures.of([100 * level], dimension: levelFeatures)  // [1, P]
        let joined = try compute.concatChannels([bag, features])  // [1, D + P]
        let sizes = try size2(try size1(joined, compute, activation: .silu), compute)  // [1, 5]
        return MotionScript(
            shape: try shape(form, compute).array, fixed: try fixed(form, compute).array, logSizes: sizes.array)
    }
}
