import LPTensor

/// The values of tensors in one open file: read, or mapped where the file is large.
///
/// Files below the threshold are copied and checked for non-finite values tensor by tensor, so that replacing or
/// truncating the file later cannot hurt; larger ones are mapped, must then stay as they are while the model lives, and are
/// checked as they are used.
struct TensorBytes {
    static let mappingThreshold = 64 << 20

    let file: ReadableFile
    private let mapping: WeightMemory?

    init(_ file: ReadableFile, mappingThreshold: Int? = nil) throws {
        self.file = file
        mapping = file.size >= mappingThreshold ?? Self.mappingThreshold ? try WeightMemory(mapping: file) : nil
    }

    func mapped(_ entry: TensorEntry) -> MappedSpan? {
        mapping.map { MappedSpan(memory: $0, bytes: entry.offset..<entry.offset + entry.byteCount) }
    }

    func parameter(_ entry: TensorEntry, shape: [Int]?) throws -> Parameter {
        let shape = shape ?? entry.shape
        let precision = try precision(of: entry)
        if let strides = entry.strides { return try gathered(entry, strides, shape, precision) }
        if let mapping, entry.offset % precision.size == 0 {
            let path = file.path
            return try Parameter(
                shape: shape, precision: precision, pointer: UnsafeRawPointer(mapping.pointer + entry.offset),
                owner: mapping, mapped: true,
                check: DeferredCheck {
                    let values = UnsafeRawBufferPointer(start: mapping.pointer + entry.offset, count: entry.byteCount)
                    try Self.requireFinite(FiniteScan.firstNonFinite(values, precision: precision), entry, path: path)
                })
        }
        if precision == .float32 { return Parameter(try floats(entry).reshaped(shape)) }
        let memory = try WeightMemory(bytes: entry.byteCount)
        try file.read(into: memory.bytes, at: entry.offset)
        try requireFinite(UnsafeRawBufferPointer(memory.bytes), precision, entry)
        return try Parameter(
            shape: shape, precision: precision, pointer: UnsafeRawPointer(memory.pointer), owner: memory)
    }

    func floats(_ entry: TensorEntry) throws -> Tensor {
        guard try precision(of: entry) == .float32, entry.strides == nil else {
            return try parameter(entry, shape: nil).floats()
        }
        let tensor = try Tensor(uninitialized: entry.shape)
        let bytes = UnsafeMutableRawBufferPointer(start: tensor.pointer, count: entry.byteCount)
        try file.read(into: bytes, at: entry.offset)
        try requireFinite(UnsafeRawBufferPointer(bytes), .float32, entry)
        return tensor
    }

    /// Values that lie in another order, or with gaps, copied into rows. Containers make sure that the strides stay
    /// inside the entry's bytes.
    private func gathered(
        _ entry: TensorEntry, _ strides: [Int], _ shape: [Int], _ precision: Parameter.Precision
    ) throws -> Parameter {
        let size = precision.size
        let (source, target) = (
            try WeightMemory(bytes: entry.byteCount), try WeightMemory(bytes: entry.count * size)
        )
        try file.read(into: source.bytes, at: entry.offset)
        var index = [Int](repeating: 0, count: entry.shape.count)
        var from = 0
        for position in 0..<entry.count {
            (target.pointer + position * size).copyMemory(from: source.pointer + from * size, byteCount: size)
            // The last axis runs fastest.
            for axis in entry.shape.indices.reversed() {
                index[axis] += 1
                from += strides[axis]
                guard index[axis] == entry.shape[axis] else { break }
                from -= strides[axis] * index[axis]
                index[axis] = 0
            }
        }
        let bytes = UnsafeRawBufferPointer(start: target.pointer, count: entry.count * size)
        try requireFinite(bytes, precision, entry)
        return try Parameter(
            shape: shape, precision: precision, pointer: UnsafeRawPointer(target.pointer), owner: target)
    }

    private func precision(of entry: TensorEntry) throws -> Parameter.Precision {
        guard let precision = Parameter.Precision(safetensors: entry.type) else {
            throw WeightError.tensor(
                path: file.path, tensor: entry.name, offset: entry.offset,
                reason: "has element type \(entry.type); F32, F16 or BF16 is expected")
        }
        return precision
    }

    private func requireFinite(
        _ values: UnsafeRawBufferPointer, _ precision: Parameter.Precision, _ entry: TensorEntry
    ) throws {
        try Self.requireFinite(FiniteScan.firstNonFinite(values, precision: precision), entry, path: file.path)
    }

    private static func requireFinite(_ index: Int?, _ entry: TensorEntry, path: String) throws {
        if let index {
            throw WeightError.tensor(
                path: path, tensor: entry.name, offset: entry.offset,
                reason: "holds a value that is not finite (element \(index))")
        }
    }
}

extension Parameter.Precision {
    /// The precision by safetensors' name of it; nil for types that weights do not have here.
    init?(safetensors type: String) {
        switch type {
        case "F32": self = .float32
        case "F16": self = .float16
        case "BF16": self = .bfloat16
        default: return nil
        }
    }

    /// Bytes of one value.
    package var size: Int { self == .float32 ? 4 : 2 }

    package var safetensorsName: String {
        switch self {
        case .float32: "F32"
        case .float16: "F16"
        case .bfloat16: "BF16"
        }
    }
}
