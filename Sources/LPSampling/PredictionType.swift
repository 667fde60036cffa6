/// What the network's output means; raw values are those of `scheduler.prediction_type`.
package enum PredictionType: String, Sendable, CaseIterable {
    /// The noise ε.
    case epsilon
    /// The velocity v = √ᾱ ε - √(1-ᾱ) x0.
    case velocity = "v_prediction"
    /// The clean sample x0.
    case sample

    /// The clean sample and the noise, as sums of the noisy sample x and the network's output.
    ///
    /// - Parameter alphaBar: 0 ... 1 of x. Where a division needs it, it is kept away from 0 (noise prediction) or 1
    /// (sample prediction); a schedule reaches neither but for a zero terminal signal.
    func forms(alphaBar: Double) -> (original: LinearForm, noise: LinearForm) {
        switch self {
        case .epsilon:
            let bar = alphaBar > 0 ? alphaBar : NoiseSchedule.leastAlphaBar
            let signal = bar.squareRoot()
            let noise = (1 - bar).squareRoot()
            return (LinearForm(x: 1 / signal, prediction: -noise / signal), LinearForm(x: 0, prediction: 1))
        case .velocity:
            let signal = alphaBar.squareRoot()
            let noise = (1 - alphaBar).squareRoot()
            return (LinearForm(x: signal, prediction: -noise), LinearForm(x: noise, prediction: signal))
        case .sample:
            let bar = min(alphaBar, 1 - 0x1p-24)
            let signal = bar.squareRoot()
            let noise = (1 - bar).squareRoot()
            return (LinearForm(x: 0, prediction: 1), LinearForm(x: 1 / noise, prediction: -signal / noise))
        }
    }
}
