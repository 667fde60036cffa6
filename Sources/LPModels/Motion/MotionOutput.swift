import LPTensor

/// Raw output of the motion head; `MotionField` gives it its meaning.
package struct MotionOutput: Sendable {
    /// Displacement (u, v) and light g on a grid, [F, r h, r w, 3].
    package let dense: Tensor
    /// a11 a12 a13 a21 a22 a23 of the whole picture's motion, and its light per colour, [F, 9].
    package let affine: Tensor

    package init(dense: Tensor, affine: Tensor) {
        self.dense = dense
        self.affine = affine
    }
}
