import LPTensor
import LPWeights

/// Says where the named object and the moving region are, and how near everything is. Our addition.
///
/// Key `photo`; the words' part is `MotionProgram`.
struct LayerHead: Sendable {
    private let photo: MaskUNet

    init(_ weights: WeightStore.Scope, channels: Int, _ head: LayerHeadConfiguration, _ settings: UNetSettings) throws {
        photo = try MaskUNet(weights.scoped("photo"), trunk: channels, head, settings)
    }

    /// What the photo and the words say by themselves.
    ///
    /// - Parameters as in `MaskUNet.context`
    /// - Throws: `TensorError.shape` without pyramid or text bag
    func context(
        pyramid: [Tensor]?, textBag: Tensor?, text: Tensor, content: Tensor?, _ compute: Compute
    ) throws -> MaskUNet.Context {
        guard let pyramid, let textBag else {
            throw TensorError.shape("this UNet needs the content encoder's pyramid and a text bag")
        }
        return try photo.context(pyramid: pyramid, textBag: textBag, text: text, content: content, compute)
    }

    /// Every frame has its say on the masks: they are of the photo, not of a frame.
    ///
    /// - Parameter context: from `context(...)`
    /// - Shapes: `x` [F, h, w, C] -> logits of object, region and depth [H / 2, W / 2, 3]
    func callAsFunction(_ x: Tensor, _ context: MaskUNet.Context?, _ compute: Compute) throws -> Tensor {
        guard let context else { throw TensorError.shape("this UNet needs the content encoder's pyramid") }
        let logits = try photo(trunk: try x.meanOverFirst(), context, compute)  // [1, H / 2, W / 2, 3]
        return try logits.reshaped(Array(logits.shape.dropFirst()))
    }
}
