import LPTensor

/// Runs a network over overlapping squares of a large image, so that its memory does not grow with the image.
///
/// Squares share a quarter of their side; there the result fades from one to the next in straight lines. Norms and
/// attention see one square at a time: the result is close to that of the whole image, not equal.
///
/// Reference: diffusers `AutoencoderKL._tiled_encode`, `tiled_decode`.
struct TiledPass {
    /// Side of a square before and after the network, multiples of 4.
    let inputSide: Int
    let outputSide: Int

    func isNeeded(for x: Tensor) -> Bool { max(x.shape[1], x.shape[2]) > inputSide }

    /// - Parameter network: [1, h, w, C] -> [1, h r, w r, C'], r = outputSide / inputSide, for a square or what is left of one
    /// - Shapes: `x` [1, H, W, C] -> [1, H r, W r, C']
    func callAsFunction(_ x: Tensor, _ network: (Tensor) throws -> Tensor) throws -> Tensor {
        let (height, width) = (x.shape[1], x.shape[2])
        let (step, fade) = (inputSide / 4 * 3, outputSide / 4)
        func scaled(_ length: Int) -> Int { length * outputSide / inputSide }
        var result: Tensor?
        var above: [Tensor] = []
        for top in stride(from: 0, to: height, by: step) {
            var row: [Tensor] = []
            for (column, left) in stride(from: 0, to: width, by: step).enumerated() {
                let square = try network(try Self.cut(x, top: top, left: left, side: inputSide))
                let channels = square.shape[3]
                let whole = try result ?? Tensor(zeros: [1, scaled(height), scaled(width), channels])
                result = whole
                guard whole.shape[3] == channels else { throw TensorError.shape("squares of different channels") }
                if column < above.count { Self.fade(from: above[column], to: square, over: fade, vertical: true) }
                if let before = row.last { Self.fade(from: before, to: square, over: fade, vertical: false) }
                Self.paste(square, to: whole, top: scaled(top), left: scaled(left), side: outputSide - fade)
                row.append(square)
            }
            above = row
        }
        guard let result else { throw TensorError.shape("no image to cut: \(x.shape)") }
        return result
    }

    private static func cut(_ x: Tensor, top: Int, left: Int, side: Int) throws -> Tensor {
        let (height, width, channels) = (min(side, x.shape[1] - top), min(side, x.shape[2] - left), x.shape[3])
        let square = try Tensor(uninitialized: [1, height, width, channels])
        for row in 0..<height {
            (square.pointer + row * width * channels).update(
                from: x.pointer + ((top + row) * x.shape[2] + left) * channels, count: width * channels)
        }
        return square
    }

    /// The first rows (or columns) of `to` become a mix of themselves and the last ones of `from`.
    private static func fade(from: Tensor, to: Tensor, over wanted: Int, vertical: Bool) {
        let axis = vertical ? 1 : 2
        let extent = min(from.shape[axis], to.shape[axis], wanted)
        let height = vertical ? extent : min(from.shape[1], to.shape[1])
        let width = vertical ? min(from.shape[2], to.shape[2]) : extent
        let (downwards, aside) = (vertical ? from.shape[1] - extent : 0, vertical ? 0 : from.shape[2] - extent)
        let channels = to.shape[3]
        for row in 0..<height {
            for column in 0..<width {
                let share = Float(vertical ? row : column) / Float(extent)
                let source = from.pointer + ((row + downwards) * from.shape[2] + column + aside) * channels
                let target = to.pointer + (row * to.shape[2] + column) * channels
                for channel in 0..<channels {
                    target[channel] = source[channel] * (1 - share) + target[channel] * share
                }
            }
        }
    }

    private static func paste(_ square: Tensor, to whole: Tensor, top: Int, left: Int, side: Int) {
        let channels = square.shape[3]
        let height = min(side, square.shape[1], whole.shape[1] - top)
        let width = min(side, square.shape[2], whole.shape[2] - left)
        for row in 0..<height {
            (whole.pointer + ((top + row) * whole.shape[2] + left) * channels).update(
                from: square.pointer + row * square.shape[2] * channels, count: width * channels)
        }
    }
}
