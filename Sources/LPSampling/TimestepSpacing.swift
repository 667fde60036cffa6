/// Which of the training steps a sampler visits; raw values are those of `scheduler.timestep_spacing`.
///
/// The rules, and their roundings, are those of diffusers (`set_timesteps` of the three schedulers), which are not
/// the same for every family of samplers.
package enum TimestepSpacing: String, Sendable, CaseIterable {
    case leading, linspace, trailing

    /// The families of samplers that diffusers spaces differently.
    package enum Family: Sendable {
        /// Whole steps, one for each evaluation (DDIM).
        case discrete
        /// Steps may lie between training steps (Euler).
        case continuous
        /// The clean end counts as one more step (DPM-Solver++).
        case multistep
    }

    /// The steps to visit, falling, `count` of them, each in 0 ... trainSteps - 1.
    ///
    /// - Throws: `SamplingError.argument` unless 1 <= count <= trainSteps and 0 <= offset < trainSteps
    package func timesteps(_ count: Int, trainSteps: Int, offset: Int, family: Family) throws -> [Double] {
        guard count >= 1, count <= trainSteps else {
            throw SamplingError.argument("\(count) steps asked of a schedule of \(trainSteps)")
        }
        guard offset >= 0, offset < trainSteps else {
            throw SamplingError.configuration("steps_offset is \(offset), not 0 to \(trainSteps - 1)")
        }
        let last = Double(trainSteps - 1)
        switch self {
        case .leading:
            // A multistep sampler asked for every training step has no room for the extra one: it starts at the last.
            let stride = family == .multistep ? max(trainSteps / (count + 1), 1) : trainSteps / count
            let lowest = family == .multistep ? 1 : 0
            return (0..<count).reversed().map { min(Double((lowest + $0) * stride + offset), last) }
        case .linspace:
            let points = family == .multistep ? count + 1 : count
            let skipped = points - count
            return (skipped..<points).reversed().map { index in
                let step = last / Double(max(points - 1, 1))
                let value = points > 1 && index == points - 1 ? last : Double(index) * step
                return family == .continuous ? Double(Float(value)) : value.rounded(.toNearestOrEven)
            }
        case .trailing:
            // numpy.arange repeats the difference of its first two values; at ties (x.5) its last digit decides.
            let total = Double(trainSteps)
            let stride = (total - total / Double(count)) - total
            return (0..<count).map { max((total + Double($0) * stride).rounded(.toNearestOrEven) - 1, 0) }
        }
    }
}
