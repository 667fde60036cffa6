/// The tensors of one network under the network's own names (Models/FORMAT.md).
struct NetworkTensors {
    /// The file that a user named for it.
    let path: String
    var tensors: [String: BoundTensor] = [:]

    init(path: String, tensors: [String: BoundTensor] = [:]) {
        self.path = path
        self.tensors = tensors
    }

    /// - Parameters:
    ///   - prefixes: the first of these that a name begins with goes; "" takes every name
    ///   - name: the network's name for the rest; nil leaves the tensor out
    /// - Throws: `WeightError.tensor` when two names of the file stand for the same weight
    init(
        _ source: any TensorSource, prefixes: [String] = [""], shape: (String, [Int]) -> [Int] = { $1 },
        name: (String) -> String?
    ) throws {
        path = source.path
        for entry in source.entries.values.sorted(by: { $0.name < $1.name }) {
            guard let rest = Self.rest(of: entry.name, prefixes), let target = name(rest) else { continue }
            let tensor = BoundTensor(source, entry, shape: shape(target, entry.shape))
            if let earlier = tensors.updateValue(tensor, forKey: target) {
                throw WeightError.tensor(
                    path: path, tensor: entry.name, offset: entry.offset,
                    reason: "is the same weight as '\(earlier.entry.name)'")
            }
        }
    }

    /// What is left of a name; training on several processors leaves `module.` before every name.
    static func rest(of name: String, _ prefixes: [String]) -> String? {
        let plain = name.dropping(prefix: "module.") ?? name
        for prefix in prefixes {
            if let rest = plain.dropping(prefix: prefix) { return rest }
        }
        return nil
    }

    func shape(_ name: String) -> [Int]? { tensors[name]?.shape }
    func extent(_ name: String, _ axis: Int) -> Int? {
        guard let shape = tensors[name]?.shape, shape.indices.contains(axis) else { return nil }
        return shape[axis]
    }

    func has(_ name: String) -> Bool { tensors[name] != nil }

    /// How many of 0, 1, 2, ... there are. `#` in the name stands for the number.
    func count(_ name: String) -> Int {
        let parts = name.split(separator: "#", omittingEmptySubsequences: false)
        var count = 0
        while count < 1024, has(parts.joined(separator: String(count))) { count += 1 }
        return count
    }

    mutating func add(_ other: NetworkTensors) { tensors.merge(other.tensors) { _, new in new } }
    mutating func removeAll(where isGone: (String) -> Bool) { tensors = tensors.filter { !isGone($0.key) } }

    var store: WeightStore { WeightStore(tensors, path: path) }
}

extension NetworkTensors {
    /// The UNet of a file, with the motion modules that it may have.
    static func unet(_ source: any TensorSource, _ layout: FileKind.Layout) throws -> NetworkTensors {
        guard layout == .singleFile else {
            return try NetworkTensors(source) { name in
                MotionNames.isPositionTable(name) ? nil : MotionNames.diffusers(name) ?? name
            }
        }
        let root = "model.diffusion_model."
        let prefix = source.entries.keys.contains { $0.hasPrefix(root) } ? root : ""
        let names = UNetNames(names: source.entries.keys.compactMap { rest(of: $0, [prefix]) })
        return try NetworkTensors(source, prefixes: [prefix]) { names.diffusers($0) }
    }

    static func autoencoder(_ source: any TensorSource) throws -> NetworkTensors {
        let all = ["first_stage_model.", "vae."]
        let prefixes = source.entries.keys.contains { name in all.contains { name.hasPrefix($0) } } ? all : [""]
        let names = AutoencoderNames(names: source.entries.keys.compactMap { rest(of: $0, prefixes) })
        return try NetworkTensors(source, prefixes: prefixes, shape: AutoencoderNames.shape) {
            AutoencoderNames.isIgnored($0) ? nil : names.diffusers($0)
        }
    }

    static func text(_ source: any TensorSource, root: String = "") throws -> NetworkTensors {
        try NetworkTensors(source, prefixes: [root]) { TextNames.network($0) }
    }

    static func motion(_ source: any TensorSource) throws -> NetworkTensors {
        try NetworkTensors(source) { MotionNames.diffusers($0) }
    }

    static func contentEncoder(_ source: any TensorSource, prefix: String = "") throws -> NetworkTensors {
        try NetworkTensors(source, prefixes: [prefix]) { name in
            name.dropping(prefix: "dinov2.") ?? name.dropping(prefix: "dinov2_with_registers.") ?? name
        }
    }

    static func tinyAutoencoder(_ source: any TensorSource) throws -> NetworkTensors {
        let half = TinyAutoencoderNames.half(source.entries.mapValues(\.shape))
        return try NetworkTensors(source) { TinyAutoencoderNames.diffusers($0, half: half) }
    }
}
