/// One value of a PyTorch pickle. Compound values are numbers of places in the pickle's heap, so that a value that
/// holds itself, or a million nested ones, costs neither a cycle nor the stack.
enum PickleValue {
    case none
    case boolean(Bool)
    case integer(Int)
    case real(Double)
    case text(String)
    /// Bytes, and whole numbers beyond 64 bits: values that no model needs.
    case unused
    case list(Int)
    case tuple(Int)
    case dictionary(Int)
    case allowed(PickleGlobal)
    case storage(Int)
    case tensor(Int)

    var text: String? {
        if case .text(let text) = self { text } else { nil }
    }

    var integer: Int? {
        if case .integer(let number) = self { number } else { nil }
    }

    /// Word for this kind of value in messages.
    var kind: String {
        switch self {
        case .none: "None"
        case .boolean: "a boolean"
        case .integer, .real: "a number"
        case .text: "a string"
        case .unused: "bytes"
        case .list: "a list"
        case .tuple: "a tuple"
        case .dictionary: "a dictionary"
        case .allowed(let global): "'\(global.name)'"
        case .storage: "a storage"
        case .tensor: "a tensor"
        }
    }
}

/// The only names that a pickle may ask for.
enum PickleGlobal {
    case orderedDictionary
    case rebuildTensor
    case rebuildParameter
    /// A typed storage, with its element type as safetensors spells it.
    case storage(String)

    private static let storageTypes = [
        "FloatStorage": "F32", "HalfStorage": "F16", "BFloat16Storage": "BF16", "DoubleStorage": "F64",
        "LongStorage": "I64", "IntStorage": "I32", "ShortStorage": "I16", "CharStorage": "I8", "ByteStorage": "U8",
        "BoolStorage": "BOOL",
    ]

    /// - Returns: nil for every name that is not on the list
    init?(module: String, name: String) {
        switch (module, name) {
        case ("collections", "OrderedDict"): self = .orderedDictionary
        case ("torch._utils", "_rebuild_tensor_v2"): self = .rebuildTensor
        case ("torch._utils", "_rebuild_parameter"): self = .rebuildParameter
        case ("torch", _):
            guard let type = Self.storageTypes[name] else { return nil }
            self = .storage(type)
        default: return nil
        }
    }

    var name: String {
        switch self {
        case .orderedDictionary: "collections.OrderedDict"
        case .rebuildTensor: "torch._utils._rebuild_tensor_v2"
        case .rebuildParameter: "torch._utils._rebuild_parameter"
        case .storage(let type): "a torch storage of \(type)"
        }
    }
}

/// What a pickle's values refer to.
struct PickleHeap {
    /// A block of elements in a member of the archive.
    struct Storage {
        let type: String
        let key: String
        let count: Int
    }

    struct PickledTensor {
        let storage: Storage
        /// In elements.
        let offset: Int
        let shape: [Int]
        let strides: [Int]
    }

    /// Lists and tuples.
    var sequences: [[PickleValue]] = []
    var dictionaries: [[(key: PickleValue, value: PickleValue)]] = []
    var storages: [Storage] = []
    var tensors: [PickledTensor] = []
}
