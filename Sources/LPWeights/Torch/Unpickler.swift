/// Reads a pickle that holds tensors, dictionaries, lists, tuples, numbers and strings, and nothing else.
///
/// This is no interpreter of Python: nothing is imported or called. Where a pickle names a class or a function, the name
/// is compared with a short list (`PickleGlobal`), and every other name ends the reading with an error that tells it.
/// Time and memory are proportional to the bytes of the pickle.
///
/// Reference: CPython's Lib/pickletools.py for the operations, torch/serialization.py for what PyTorch writes.
struct Unpickler {
    static let sizeLimit = 64 << 20

    private var bytes: ByteCursor
    private(set) var heap = PickleHeap()
    private var stack: [PickleValue] = []
    private var marks: [Int] = []
    private var memo: [Int: PickleValue] = [:]

    /// - Parameters:
    ///   - bytes: the pickle
    ///   - path: of the file, for messages
    ///   - start: where the pickle begins in the file
    /// - Returns: the value at the top, and what it refers to
    /// - Throws: `WeightError.format` with the byte of the operation at fault
    static func read(_ bytes: [UInt8], path: String, start: Int) throws -> (PickleValue, PickleHeap) {
        var unpickler = Unpickler(bytes: ByteCursor(bytes, path: path, start: start))
        let value = try unpickler.run()
        return (value, unpickler.heap)
    }

    private init(bytes: ByteCursor) { self.bytes = bytes }

    private func refusal(_ what: String) -> WeightError {
        bytes.failure(
            "the pickle \(what), which is refused: a weights file may hold tensors, dictionaries, lists, numbers and "
                + "strings only. Nothing was run. Save the weights as safetensors, or only their state_dict")
    }

    private mutating func run() throws -> PickleValue {
        while true {
            let operation = try bytes.byte()
            if operation == UInt8(ascii: ".") { return try pop() }
            guard try constant(operation) || structure(operation) || reference(operation) else {
                throw refusal("uses operation \(Self.name(of: operation))")
            }
        }
    }

    private static func name(of operation: UInt8) -> String {
        switch operation {
        case 0x81: "NEWOBJ (make an object)"
        case 0x92: "NEWOBJ_EX (make an object)"
        case UInt8(ascii: "i"): "INST (make an object)"
        case UInt8(ascii: "o"): "OBJ (make an object)"
        case 0x82, 0x83, 0x84: "EXT (a registered extension)"
        default: "0x" + String(operation, radix: 16)
        }
    }

    private mutating func push(_ value: PickleValue) { stack.append(value) }

    private mutating func pop() throws -> PickleValue {
        guard stack.count > (marks.last ?? 0), let value = stack.popLast() else {
            throw bytes.failure("the pickle takes a value that is not there", back: 1)
        }
        return value
    }

    /// The values above the last mark, which goes too.
    private mutating func popToMark() throws -> [PickleValue] {
        guard let mark = marks.popLast() else { throw bytes.failure("the pickle has no mark here", back: 1) }
        defer { stack.removeSubrange(mark...) }
        return Array(stack[mark...])
    }

    // MARK: numbers and strings

    private mutating func constant(_ operation: UInt8) throws -> Bool {
        switch operation {
        case 0x80: try protocolVersion()
        case 0x95: try bytes.skip(8)
        case UInt8(ascii: "N"): push(.none)
        case 0x88: push(.boolean(true))
        case 0x89: push(.boolean(false))
        case UInt8(ascii: "K"): push(.integer(try bytes.integer(1)))
        case UInt8(ascii: "M"): push(.integer(try bytes.integer(2)))
        case UInt8(ascii: "J"): push(.integer(Int(Int32(truncatingIfNeeded: try bytes.integer(4)))))
        case 0x8A: push(long(try bytes.take(try bytes.integer(1))))
        case 0x8B: push(long(try bytes.take(try bytes.integer(4))))
        case UInt8(ascii: "G"):
            push(.real(Double(bitPattern: try bytes.take(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) })))
        case UInt8(ascii: "X"): try text(length: 4)
        case 0x8C, UInt8(ascii: "U"): try text(length: 1)
        case UInt8(ascii: "T"): try text(length: 4)
        case 0x8D: try text(length: 8)
        case UInt8(ascii: "C"): try unused(length: 1)
        case UInt8(ascii: "B"): try unused(length: 4)
        case 0x8E: try unused(length: 8)
        default: return false
        }
        return true
    }

    private mutating func protocolVersion() throws {
        let version = try bytes.byte()
        guard (2...5).contains(version) else {
            throw bytes.failure("pickle protocol \(version); 2 to 5 are read", back: 1)
        }
    }

    private func long(_ bytes: ArraySlice<UInt8>) -> PickleValue {
        guard bytes.count <= 8 else { return .unused }
        let negative = (bytes.last ?? 0) & 0x80 != 0
        let value = bytes.reversed().reduce(negative ? ~UInt64(0) : 0) { $0 << 8 | UInt64($1) }
        return .integer(Int(truncatingIfNeeded: value))
    }

    private mutating func text(length: Int) throws {
        let content = try bytes.take(try bytes.integer(length))
        guard let text = String(validating: content, as: UTF8.self) else {
            throw bytes.failure("a string that is not UTF-8")
        }
        push(.text(text))
    }

    private mutating func unused(length: Int) throws {
        try bytes.skip(try bytes.integer(length))
        push(.unused)
    }

    // MARK: lists, tuples, dictionaries

    private mutating func structure(_ operation: UInt8) throws -> Bool {
        switch operation {
        case UInt8(ascii: "("): marks.append(stack.count)
        case UInt8(ascii: "0"): _ = try pop()
        case UInt8(ascii: "1"): _ = try popToMark()
        case UInt8(ascii: "]"): push(.list(sequence([])))
        case UInt8(ascii: "l"): push(.list(sequence(try popToMark())))
        case UInt8(ascii: ")"): push(.tuple(sequence([])))
        case UInt8(ascii: "t"): push(.tuple(sequence(try popToMark())))
        case 0x85...0x87: try shortTuple(Int(operation) - 0x84)
        case UInt8(ascii: "}"): push(.dictionary(dictionary()))
        case UInt8(ascii: "d"):
            let members = try popToMark()
            push(.dictionary(dictionary()))
            try set(members)
        case UInt8(ascii: "a"): try append([try pop()])
        case UInt8(ascii: "e"): try append(try popToMark())
        case UInt8(ascii: "s"):
            let value = try pop()
            try set([try pop(), value])
        case UInt8(ascii: "u"): try set(try popToMark())
        default: return false
        }
        return true
    }

    private mutating func sequence(_ values: [PickleValue]) -> Int {
        heap.sequences.append(values)
        return heap.sequences.count - 1
    }

    private mutating func dictionary() -> Int {
        heap.dictionaries.append([])
        return heap.dictionaries.count - 1
    }

    private mutating func shortTuple(_ count: Int) throws {
        var values: [PickleValue] = []
        for _ in 0..<count { values.append(try pop()) }
        push(.tuple(sequence(values.reversed())))
    }

    private mutating func append(_ values: [PickleValue]) throws {
        guard case .list(let place)? = stack.last else {
            throw bytes.failure("the pickle appends to what is no list", back: 1)
        }
        heap.sequences[place].append(contentsOf: values)
    }

    private mutating func set(_ members: [PickleValue]) throws {
        guard case .dictionary(let place)? = stack.last, members.count % 2 == 0 else {
            throw bytes.failure("the pickle sets members of what is no dictionary", back: 1)
        }
        for index in stride(from: 0, to: members.count, by: 2) {
            heap.dictionaries[place].append((key: members[index], value: members[index + 1]))
        }
    }

    // MARK: memory, names, calls

    private mutating func reference(_ operation: UInt8) throws -> Bool {
        switch operation {
        case UInt8(ascii: "h"): try recall(try bytes.integer(1))
        case UInt8(ascii: "j"): try recall(try bytes.integer(4))
        case UInt8(ascii: "q"): try remember(try bytes.integer(1))
        case UInt8(ascii: "r"): try remember(try bytes.integer(4))
        case 0x94: try remember(memo.count)
        case UInt8(ascii: "c"): try global(try line(), try line())
        case 0x93:
            let name = try pop()
            guard let module = try pop().text, let name = name.text else {
                throw bytes.failure("a name that is no string", back: 1)
            }
            try global(module, name)
        case UInt8(ascii: "Q"): try storage(try pop())
        case UInt8(ascii: "R"): try call()
        case UInt8(ascii: "b"): try build()
        default: return false
        }
        return true
    }

    private mutating func remember(_ place: Int) throws {
        guard let value = stack.last else {
            throw bytes.failure("the pickle remembers a value that is not there", back: 1)
        }
        memo[place] = value
    }

    private mutating func recall(_ place: Int) throws {
        guard let value = memo[place] else {
            throw bytes.failure("the pickle recalls a value that is not there", back: 1)
        }
        push(value)
    }

    private mutating func line() throws -> String {
        guard let text = String(validating: try bytes.line(limit: 1024), as: UTF8.self) else {
            throw bytes.failure("a name that is not UTF-8")
        }
        return text
    }

    private mutating func global(_ module: String, _ name: String) throws {
        guard let global = PickleGlobal(module: module, name: name) else {
            throw refusal("asks for '\(module.prefix(100)).\(name.prefix(100))'")
        }
        push(.allowed(global))
    }

    /// The values of a tuple; nil for anything else.
    private func tuple(_ value: PickleValue) -> [PickleValue]? {
        if case .tuple(let place) = value { heap.sequences[place] } else { nil }
    }

    /// `("storage", type, key, device, count)`
    private mutating func storage(_ identity: PickleValue) throws {
        guard let parts = tuple(identity), parts.count == 5, parts[0].text == "storage",
            case .allowed(.storage(let type)) = parts[1], let key = parts[2].text, let count = parts[4].integer,
            count >= 0
        else { throw refusal("refers to something outside that is no storage") }
        heap.storages.append(.init(type: type, key: key, count: count))
        push(.storage(heap.storages.count - 1))
    }

    private mutating func call() throws {
        let arguments = try pop()
        let function = try pop()
        guard case .allowed(let global) = function, let arguments = tuple(arguments) else {
            throw refusal("calls \(function.kind)")
        }
        switch global {
        case .orderedDictionary: try ordered(arguments)
        case .rebuildTensor: try tensor(arguments)
        case .rebuildParameter:
            guard case .tensor? = arguments.first else { throw bytes.failure("a parameter that is no tensor", back: 1) }
            push(arguments[0])
        case .storage: throw refusal("calls \(function.kind)")
        }
    }

    /// `OrderedDict()`, or with one list of pairs.
    private mutating func ordered(_ arguments: [PickleValue]) throws {
        push(.dictionary(dictionary()))
        guard let first = arguments.first else { return }
        guard arguments.count == 1, case .list(let place) = first else {
            throw refusal("calls OrderedDict with \(first.kind)")
        }
        var members: [PickleValue] = []
        for pair in heap.sequences[place] {
            let values: [PickleValue]? =
                switch pair {
                case .list(let inner), .tuple(let inner): heap.sequences[inner]
                default: nil
                }
            guard let values, values.count == 2 else {
                throw bytes.failure("an OrderedDict of what are no pairs", back: 1)
            }
            members += values
        }
        try set(members)
    }

    /// `_rebuild_tensor_v2(storage, offset, shape, strides, requires_grad, hooks[, metadata])`
    private mutating func tensor(_ arguments: [PickleValue]) throws {
        guard arguments.count >= 4, case .storage(let storage) = arguments[0], let offset = arguments[1].integer,
            let shape = tuple(arguments[2])?.map(\.integer), let strides = tuple(arguments[3])?.map(\.integer),
            shape.count == strides.count, shape.count <= 8, offset >= 0
        else { throw bytes.failure("a tensor without storage, offset, shape and strides", back: 1) }
        heap.tensors.append(
            .init(
                storage: heap.storages[storage], offset: offset, shape: try numbers(shape),
                strides: try numbers(strides)))
        push(.tensor(heap.tensors.count - 1))
    }

    private func numbers(_ values: [Int?]) throws -> [Int] {
        try values.map { value in
            guard let value, value >= 0 else {
                throw bytes.failure("a tensor with a negative or missing extent", back: 1)
            }
            return value
        }
    }

    /// PyTorch hangs its version notes on a state dictionary; they are not needed. Nothing else may be built.
    private mutating func build() throws {
        let state = try pop()
        guard case .dictionary? = stack.last, case .dictionary = state else {
            throw refusal("builds \(stack.last?.kind ?? "nothing") from \(state.kind)")
        }
    }
}
