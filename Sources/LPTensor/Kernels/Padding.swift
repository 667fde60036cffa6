/// Rows and columns of zeros around an image.
package struct Padding: Sendable, Equatable {
    package var top: Int
    package var left: Int
    package var bottom: Int
    package var right: Int

    package init(top: Int, left: Int, bottom: Int, right: Int) {
        self.top = top
        self.left = left
        self.bottom = bottom
        self.right = right
    }

    package static func all(_ size: Int) -> Padding { Padding(top: size, left: size, bottom: size, right: size) }
    package static let zero = Padding.all(0)

    /// TensorFlow's "same": a side of i becomes the whole of i / stride, rounded up; an odd rest of the border lies at the bottom
    /// and the right. Sizes of 1 or more, far from overflow.
    package static func same(height: Int, width: Int, kernel: Int, stride: Int) -> Padding {
        func border(_ side: Int) -> Int { max((side - 1) / max(stride, 1) * stride + kernel - side, 0) }
        let (rows, columns) = (border(height), border(width))
        return Padding(top: rows / 2, left: columns / 2, bottom: rows - rows / 2, right: columns - columns / 2)
    }
}
