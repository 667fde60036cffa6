import CLPKernels
import Glibc
import LPTensor
import LPWeights

/// The motion of a clip as a field that can be laid over a picture of any size, and the frames it makes of the photo.
///
/// `flow` says for every pixel of a frame where in the photo it comes from, `gain` by how much it is brighter; see
/// "Motion field" in Models/FORMAT.md. Work is done row by row without whole-picture temporaries.
package struct MotionField: Sendable {
    package let motion: MotionOutput
    package let flowScale: Float
    package let lightScale: Float
    /// Frame 0 is the photo, unmoved.
    package let anchorsFirstFrame: Bool

    package init(_ motion: MotionOutput, flowScale: Float, lightScale: Float, anchorsFirstFrame: Bool) throws {
        guard motion.dense.shape.count == 4, motion.dense.shape[3] == 3, motion.dense.count > 0,
            motion.affine.shape == [motion.dense.shape[0], 9]
        else { throw TensorError.shape("motion \(motion.dense.shape), \(motion.affine.shape) is no field") }
        self.motion = motion
        self.flowScale = flowScale
        self.lightScale = lightScale
        self.anchorsFirstFrame = anchorsFirstFrame
    }

    package var frames: Int { motion.dense.shape[0] }

    /// Displacements in pixels and gains for a range of frames at one size.
    ///
    /// - Returns: flow [n, height, width, 2] (x, y), gain [n, height, width, 3]
    package func field(
        frames range: Range<Int>, height: Int, width: Int, _ compute: Compute
    ) throws -> (flow: Tensor, gain: Tensor) {
        try check(range, height, width)
        let flow = try Tensor(uninitialized: [range.count, height, width, 2])
        let gain = try Tensor(uninitialized: [range.count, height, width, 3])
        let bands = Self.bands(height)
        try compute.parallel(range.count * bands) { part in
            let index = part / bands
            var field = kernel(range.lowerBound + index, height, width)
            let rows = Self.rows(part % bands, height)
            let scratch = try Tensor(uninitialized: [clp_motion_scratch(&field)])
            clp_motion_field(
                &field, rows.lowerBound, rows.upperBound, flow.pointer + index * height * width * 2,
                gain.pointer + index * height * width * 3, scratch.pointer)
        }
        return (flow, gain)
    }

    /// The photo as it looks in one frame: each pixel taken from where the flow says, times the gain.
    ///
    /// - Shapes: `photo` [H, W, 3] or [1, H, W, 3] in 0...1 -> the same shape; values may leave 0...1
    package func move(
        _ photo: Tensor, frame: Int, mode: WarpMode, border: WarpBorder, _ compute: Compute
    ) throws -> Tensor {
        let moved = try Tensor(uninitialized: photo.shape)
        try move(photo, frames: frame..<(frame + 1), mode, border, into: moved, compute)
        return moved
    }

    /// The photo as it looks in a range of frames: [1, H, W, 3] -> [n, H, W, 3].
    package func move(
        _ photo: Tensor, frames range: Range<Int>, mode: WarpMode, border: WarpBorder, _ compute: Compute
    ) throws -> Tensor {
        let moved = try Tensor(uninitialized: [range.count] + photo.shape.suffix(3))
        try move(photo, frames: range, mode, border, into: moved, compute)
        return moved
    }

    /// The same into memory that the caller keeps: `moved` has the photo's number of values.
    package func move(
        _ photo: Tensor, frame: Int, mode: WarpMode, border: WarpBorder, into moved: Tensor, _ compute: Compute
    ) throws {
        guard moved.count == photo.count, moved.pointer != photo.pointer else {
            throw TensorError.shape("\(photo.shape) cannot be moved into \(moved.shape)")
        }
        try move(photo, frames: frame..<(frame + 1), mode, border, into: moved, compute)
    }

    private func move(
        _ photo: Tensor, frames range: Range<Int>, _ mode: WarpMode, _ border: WarpBorder, into moved: Tensor,
        _ compute: Compute
    ) throws {
        let size = Array(photo.shape.suffix(3))
        guard size.count == 3, size[2] == 3, photo.count == size[0] * size[1] * 3 else {
            throw TensorError.shape("\(photo.shape) is no photo")
        }
        let (height, width) = (size[0], size[1])
        try check(range, height, width)
        let bands = Self.bands(height)
        try compute.parallel(range.count * bands) { part in
            let index = part / bands
            var field = kernel(range.lowerBound + index, height, width)
            let rows = Self.rows(part % bands, height)
            let out = moved.pointer + index * height * width * 3
            if field.still {
                let first = rows.lowerBound * width * 3
                (out + first).update(from: photo.pointer + first, count: rows.count * width * 3)
                return
            }
            let scratch = try Tensor(uninitialized: [clp_motion_scratch(&field)])
            clp_motion_move(
                &field, photo.pointer, rows.lowerBound, rows.upperBound, mode == .bicubic, border == .reflect, out,
                scratch.pointer)
        }
    }

    private func kernel(_ frame: Int, _ height: Int, _ width: Int) -> clp_motion {
        let (rows, columns) = (motion.dense.shape[1], motion.dense.shape[2])
        let affine = motion.affine.pointer + frame * 9
        return clp_motion(
            dense: UnsafePointer(motion.dense.pointer + frame * rows * columns * 3), affine: UnsafePointer(affine),
            rows: rows, columns: columns, height: height, width: width, flow_scale: flowScale,
            light_scale: lightScale, still: anchorsFirstFrame && frame == 0)
    }

    private func check(_ range: Range<Int>, _ height: Int, _ width: Int) throws {
        guard height > 0, width > 0, range.lowerBound >= 0, range.upperBound <= frames else {
            throw TensorError.shape("no frames \(range) of \(width) x \(height) in a field of \(frames) frames")
        }
    }

    /// Rows are shared out in bands of 32, whatever the number of threads.
    private static func bands(_ height: Int) -> Int { (height + 31) / 32 }
    private static func rows(_ band: Int, _ height: Int) -> Range<Int> { band * 32..<min(band * 32 + 32, height) }
}
