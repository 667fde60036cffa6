import LPTensor

/// What a content encoder sees in a photo.
package struct ContentFeatures: Sendable {
    /// [1, n, width]
    package let tokens: Tensor
    /// Features from fine and plain to coarse and meaningful, [1, H / s, W / s, channels] for s = 2, 4, 8, 16, 32 (sides
    /// rounded up), and those of the network's head at 1/32; nil if the network has no such features.
    package let pyramid: [Tensor]?

    package init(tokens: Tensor, pyramid: [Tensor]?) {
        self.tokens = tokens
        self.pyramid = pyramid
    }
}
