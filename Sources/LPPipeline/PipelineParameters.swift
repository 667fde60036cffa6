/// What a host may choose for a run, beside the photo and the sentence.
package struct PipelineParameters: Sendable {
    package var intensity: Double
    package var seed: UInt64 = 0
    package var frames: Int
    package var steps: Int
    package var guidance: Double
    /// 0...1: how far guidance's spread of values is brought back to the prompt's own.
    package var guidanceRescale: Double = 0
    package var sampler: SamplerKind
    /// 0 means one per physical core.
    package var threads: Int = 0
    /// Frame 0 is the photo itself, bit for bit, whatever the model makes of it.
    package var keepFirstFrame = false
    /// The clip's end leads to its beginning.
    package var loops = false
    /// Motion is made larger or smaller until the clip measures the intensity that was asked for; of models with a layered motion head.
    package var calibrates = true
}

package enum SamplerKind: String, Sendable, CaseIterable {
    case ddim = "ddim"
    case dpmPlusPlus2M = "dpm++2m"
    case euler = "euler"
    case eulerAncestral = "euler-a"
    case dpmPlusPlus2MKarras = "dpm++2m-karras"
    case uniPC = "unipc"
    case lcm = "lcm"
}

/// A numeric parameter whose bounds can be asked for.
package enum NumericParameter: Sendable {
    case intensity, frames, steps, guidance, threads, guidanceRescale
}

/// Inclusive range and default of a numeric parameter.
package struct ParameterBounds: Sendable {
    package let minimum: Double
    package let maximum: Double
    package let defaultValue: Double

    /// - Throws: `PipelineError.argument` that names the parameter and its range; NaN is out of every range.
    func check(_ value: Double, _ name: String) throws {
        guard value >= minimum, value <= maximum else {
            throw PipelineError.argument("\(name) \(value) is out of range: \(trimmed(minimum)) to \(trimmed(maximum))")
        }
    }

    private func trimmed(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
    }
}
