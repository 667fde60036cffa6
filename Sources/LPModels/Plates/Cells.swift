import LPTensor

/// Memory for numbers that are no floats, from the same place as a tensor's: a size that the system does not have
/// throws.
struct Cells<Element: BitwiseCopyable>: @unchecked Sendable {
    let pointer: UnsafeMutablePointer<Element>
    let count: Int
    /// Keeps the memory.
    private let tensor: Tensor

    /// Unspecified contents.
    ///
    /// - Throws: `TensorError.outOfMemory`.
    init(_ count: Int) throws {
        let floats = count * MemoryLayout<Element>.stride / MemoryLayout<Float>.stride + 1
        tensor = try Tensor(uninitialized: [floats])
        self.count = count
        pointer = UnsafeMutableRawPointer(tensor.pointer).bindMemory(to: Element.self, capacity: max(count, 1))
    }

    func fill(_ value: Element) { pointer.update(repeating: value, count: count) }
}
