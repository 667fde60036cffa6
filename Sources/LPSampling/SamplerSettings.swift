/// What a model says about its sampling: the `scheduler` part of config.json.
package struct SamplerSettings: Sendable {
    package let schedule: NoiseSchedule
    package let spacing: TimestepSpacing
    /// Added to the steps of leading spacing.
    package let stepsOffset: Int
    package let prediction: PredictionType

    package init(schedule: NoiseSchedule, spacing: TimestepSpacing, stepsOffset: Int = 0, prediction: PredictionType) {
        self.schedule = schedule
        self.spacing = spacing
        self.stepsOffset = stepsOffset
        self.prediction = prediction
    }

    func timesteps(_ count: Int, family: TimestepSpacing.Family) throws -> [Double] {
        try spacing.timesteps(count, trainSteps: schedule.trainSteps, offset: stepsOffset, family: family)
    }
}
