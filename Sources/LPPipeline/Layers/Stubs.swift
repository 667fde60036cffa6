import LPTensor
struct EffectsRenderer {
    init(amounts: [Float], strength: Float, wind: Float, seed: UInt64, loops: Bool, seconds: Float, place: Tensor) throws {}
    func draw(time: Float, onto frame: Tensor, _ compute: Compute) throws {}
}
