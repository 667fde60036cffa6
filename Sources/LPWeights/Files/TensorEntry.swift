/// What a container says about one tensor, and where its values are.
package struct TensorEntry: Equatable, Sendable {
    package let name: String
    /// Element type as safetensors spells it: "F32", "F16", "BF16", "I64", ...
    package let type: String
    package let shape: [Int]
    /// First byte in the file, and number of bytes from there that the tensor's values lie in.
    package let offset: Int
    package let byteCount: Int
    /// Elements from one index to the next along each axis; nil for row-major order without gaps.
    package let strides: [Int]?

    package init(name: String, type: String, shape: [Int], offset: Int, byteCount: Int, strides: [Int]? = nil) {
        self.name = name
        self.type = type
        self.shape = shape
        self.offset = offset
        self.byteCount = byteCount
        self.strides = strides
    }

    /// Number of values. Containers make sure that it does not overflow.
    package var count: Int { shape.reduce(1, *) }

    /// Bits of one element, by type; nil for a type that is not known.
    package static func bits(of type: String) -> Int? { elementBits[type] }

    private static let elementBits: [String: Int] = [
        "BOOL": 8, "U8": 8, "I8": 8, "F8_E5M2": 8, "F8_E4M3": 8, "F8_E8M0": 8, "I16": 16, "U16": 16, "F16": 16,
        "BF16": 16, "I32": 32, "U32": 32, "F32": 32, "I64": 64, "U64": 64, "F64": 64, "C64": 64,
    ]
}
