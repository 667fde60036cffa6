/// The kinds of new content that can appear in a photo, in the order of the effects head's outputs, and what goes with other motion.
package enum EffectKind: Int, CaseIterable, Sendable {
    // Weather fills the picture.
    case snow, rain, leaves, sparks
    // Fireworks and lightning are in the sky.
    case fireworks, lightning
    // Fire burns on the place, smoke leaves its top, drops fall from its lower edges, a stream is poured into it.
    case fire, smoke, drip, pour
    // Stars twinkle in the sky.
    case stars
    // Wisps rise out of the place. No program says this one: it comes with a region that rises.
    case mist
    // Shadows of clouds run over all but the place, which is the sky. No program says this one: it comes with clouds that race.
    case shadows

    /// Amounts below this draw nothing.
    package static let leastAmount: Float = 0.08
}
