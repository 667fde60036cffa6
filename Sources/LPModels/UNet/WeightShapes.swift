import LPWeights

/// Names and shapes of a network's weights, derived from its configuration alone.
///
/// Serves to count the parameters of a model that is not there, and to make weights for tests and benchmarks.
package struct WeightShapes: Sendable, Equatable {
    package private(set) var shapes: [String: [Int]] = [:]

    /// Number of values.
    package var parameterCount: Int { count { _ in true } }

    /// Number of values of the tensors whose names are chosen.
    package func count(where isChosen: (String) -> Bool) -> Int {
        shapes.reduce(0) { sum, entry in isChosen(entry.key) ? sum + entry.value.reduce(1, *) : sum }
    }

    mutating func add(_ name: String, _ shape: [Int]) { shapes[name] = shape }

    mutating func linear(_ key: String, _ inputs: Int, _ outputs: Int, bias: Bool = true) {
        add("\(key).weight", [outputs, inputs])
        if bias { add("\(key).bias", [outputs]) }
    }

    mutating func convolution(_ key: String, _ inputs: Int, _ outputs: Int, kernel: Int = 3) {
        add("\(key).weight", [outputs, inputs, kernel, kernel])
        add("\(key).bias", [outputs])
    }

    mutating func norm(_ key: String, _ channels: Int) {
        add("\(key).weight", [channels])
        add("\(key).bias", [channels])
    }

    mutating func attention(_ key: String, _ width: Int, context: Int? = nil) {
        linear("\(key).to_q", width, width, bias: false)
        linear("\(key).to_k", context ?? width, width, bias: false)
        linear("\(key).to_v", context ?? width, width, bias: false)
        linear("\(key).to_out.0", width, width)
    }

    mutating func feedForward(_ key: String, _ width: Int) {
        linear("\(key).net.0.proj", width, 8 * width)
        linear("\(key).net.2", 4 * width, width)
    }

    mutating func resnet(_ key: String, _ inputs: Int, _ outputs: Int, embedding: Int? = nil, scaleShift: Bool = false)
    {
        norm("\(key).norm1", inputs)
        convolution("\(key).conv1", inputs, outputs)
        if let embedding { linear("\(key).time_emb_proj", embedding, scaleShift ? 2 * outputs : outputs) }
        norm("\(key).norm2", outputs)
        convolution("\(key).conv2", outputs, outputs)
        if inputs != outputs { convolution("\(key).conv_shortcut", inputs, outputs, kernel: 1) }
    }
}
