/// The three stages of a run, in order.
package enum Phase: Int32, Sendable {
    /// Text, photo and starting noise; one step.
    case encode
    /// One step per denoising step.
    case denoise
    /// One step per frame.
    case decode
}

/// Where a run stands after a step.
package struct StepProgress: Sendable {
    /// Steps taken, 1...total.
    package let step: Int
    /// 1 + denoising steps + frames.
    package let total: Int
    /// What the step just taken did.
    package let phase: Phase
    /// Position inside the phase, 1...phaseTotal.
    package let phaseStep: Int
    package let phaseTotal: Int

    package var isDone: Bool { step == total }
}
