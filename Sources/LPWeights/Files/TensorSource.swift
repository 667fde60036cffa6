import LPTensor

/// Named tensors of a file, or of several that belong together: names, shapes and element types at once, values on
/// demand. What is handed out stays valid without the source.
package protocol TensorSource: AnyObject {
    /// The file that a user named, for messages.
    var path: String { get }
    /// Word for the kind of file, for people: "safetensors".
    var container: String { get }
    /// By name. Shapes do not overflow, and all values lie in the file.
    var entries: [String: TensorEntry] { get }
    /// Texts that came with the tensors; empty for containers that have none.
    var metadata: [String: String] { get }

    /// Where a tensor's values lie in a mapped file; nil for a file that is small enough to be copied.
    func mapped(_ entry: TensorEntry) -> MappedSpan?

    /// The weight as stored, mapped into memory where that is possible. Non-finite values are refused, those of a mapped
    /// file when the weight is first used.
    /// - Parameter shape: another shape with as many elements; nil is the entry's own
    /// - Throws: `WeightError` naming the tensor, `TensorError.outOfMemory`
    func parameter(_ entry: TensorEntry, shape: [Int]?) throws -> Parameter

    /// The weight widened to f32, in its own memory. Non-finite values are refused.
    func floats(_ entry: TensorEntry) throws -> Tensor
}

extension TensorSource {
    package func parameter(_ entry: TensorEntry) throws -> Parameter { try parameter(entry, shape: nil) }
}
