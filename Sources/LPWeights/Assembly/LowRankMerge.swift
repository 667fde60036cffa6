/// Adds low-rank adapters to the weights of UNet and text encoder.
enum LowRankMerge {
    private struct Layer {
        var up: BoundTensor?
        var down: BoundTensor?
        var alpha: BoundTensor?
    }

    private struct Target: Hashable {
        let isText: Bool
        let weight: String
    }

    /// - Throws: `WeightError` naming the adapter's tensor; `.combination` when it changes what the model does not have
    static func merge(_ request: ModelFileSet.LowRank, unet: inout NetworkTensors, text: inout NetworkTensors) throws {
        let file = try WeightsFile(request.path)
        guard case .lowRank = file.kind else { throw file.refusal("a LoRA is expected") }
        let scale = Float(request.scale)
        guard scale.isFinite else {
            throw WeightError.file(path: request.path, reason: "the scale is not a finite number")
        }
        let layers = try layers(of: file, unet: unet, text: text)
        for (target, layer) in layers.sorted(by: { $0.key.weight < $1.key.weight }) {
            guard let up = layer.up, let down = layer.down else {
                throw WeightError.tensor(
                    path: request.path, tensor: (layer.up ?? layer.down ?? layer.alpha)?.entry.name ?? target.weight,
                    offset: 0, reason: "has no counterpart: a LoRA needs up and down for every layer")
            }
            let update = LowRankUpdate(up: up, down: down, scale: scale * (try factor(layer.alpha, down)))
            if target.isText {
                text.tensors[target.weight] = try text.tensors[target.weight]?.changed(by: update)
            } else {
                unet.tensors[target.weight] = try unet.tensors[target.weight]?.changed(by: update)
            }
        }
    }

    private static func layers(
        of file: WeightsFile, unet: NetworkTensors, text: NetworkTensors
    ) throws -> [Target: Layer] {
        let underscored = (unet: underscored(unet), text: underscored(text))
        var layers: [Target: Layer] = [:]
        for entry in file.source.entries.values.sorted(by: { $0.name < $1.name }) {
            guard let match = LowRankNames.match(entry.name) else {
                throw WeightError.tensor(
                    path: file.path, tensor: entry.name, offset: entry.offset,
                    reason: "is of no LoRA that is known here (kohya's, diffusers' and AnimateDiff's are)")
            }
            let isText = match.network == .text
            let network = isText ? text : unet
            let found =
                match.isUnderscored
                ? (isText ? underscored.text : underscored.unet)[match.layer] : "\(match.layer).weight"
            guard let weight = found, network.has(weight) else {
                throw WeightError.combination(
                    first: file.path, second: network.path,
                    reason: "'\(entry.name)' changes a layer that the \(isText ? "text encoder" : "UNet") does not have"
                )
            }
            let tensor = BoundTensor(file.source, entry)
            let target = Target(isText: isText, weight: weight)
            switch match.role {
            case .up: layers[target, default: Layer()].up = tensor
            case .down: layers[target, default: Layer()].down = tensor
            case .alpha: layers[target, default: Layer()].alpha = tensor
            }
        }
        return layers
    }

    /// Weights by their layers' names with `_` for every dot.
    private static func underscored(_ network: NetworkTensors) -> [String: String] {
        var names: [String: String] = [:]
        for name in network.tensors.keys {
            guard let layer = name.dropping(suffix: ".weight") else { continue }
            names[String(layer.map { $0 == "." ? "_" : $0 })] = name
        }
        return names
    }

    /// alpha / rank; 1 where no alpha is given.
    private static func factor(_ alpha: BoundTensor?, _ down: BoundTensor) throws -> Float {
        guard let alpha else { return 1 }
        let value = try alpha.floats()
        guard value.count == 1, let rank = down.shape.first, rank > 0 else {
            throw WeightError.shape(path: alpha.source.path, tensor: alpha.entry.name, expected: [], found: alpha.shape)
        }
        return value.pointer[0] / Float(rank)
    }
}
