import LPModels
import LPTensor

/// What a model with a layered motion head says of a clip: the program of the motion, and where its parts are.
struct LayerPrediction: Sendable {
    let script: MotionScript
    let masks: LayerMasks

    /// What is shown of it: one thing moves.
    func ofOneThing() throws -> LayerPrediction { LayerPrediction(script: script, masks: try masks.ofOneThing()) }
}
