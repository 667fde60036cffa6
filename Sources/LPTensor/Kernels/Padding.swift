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
}
