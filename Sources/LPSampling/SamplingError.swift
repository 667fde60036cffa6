/// What can go wrong before the first step: a scheduler's settings that no sampler can serve, or a call out of order.
package enum SamplingError: Error, Equatable {
    /// A number or a name of the model's scheduler is out of range. The text names it.
    case configuration(String)
    /// A step, frame or tensor that does not belong to this sampler. The text names it.
    case argument(String)
}
