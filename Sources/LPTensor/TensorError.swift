/// Why an operation on tensors did not give a result. Nothing in this module traps.
package enum TensorError: Error, Equatable {
    /// The system gave no memory for this many bytes (`Int.max` when the size itself does not fit).
    case outOfMemory(bytes: Int)
    /// Shapes that do not go together; the message names the operation and the shapes.
    case shape(String)
    /// The computation's `CancellationFlag` was raised.
    case cancelled
}
