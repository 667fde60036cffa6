import CLPKernels
import LPTensor

/// A photo with more around it than it shows: what a moving camera finds beyond its border.
package struct CanvasExtension: Sendable {
    /// Pixels to add on each side.
    package struct Margins: Sendable, Equatable {
        package var left: Int
        package var top: Int
        package var right: Int
        package var bottom: Int

        package init(left: Int = 0, top: Int = 0, right: Int = 0, bottom: Int = 0) {
            self.left = left
            self.top = top
            self.right = right
            self.bottom = bottom
        }
    }

    package init() {}

    /// The most that can be added on a side: 35 % of the short side, rounded up. Beyond that there is nothing to go by.
    package static func largestMargin(height: Int, width: Int) -> Int { (min(height, width) * 35 + 99) / 100 }

    /// The photo on a larger canvas. Its own pixels keep their bits; the rest is pieces of it, sky above sky, grass
    /// beside grass, within the photo's range of values.
    ///
    /// - Parameters:
    ///   - photo: [H, W, 3] or [1, H, W, 3] in 0...1
    ///   - margins: each 0...`largestMargin`
    ///   - avoiding: [H, W], 1 where a thing is that shall not appear a second time beyond the border (the one that the
    ///     sentence names); NaN counts as 0. Ignored where hardly anything else is there.
    /// - Returns: [top + H + bottom, left + W + right, 3], with the photo's leading 1 if it had one
    /// - Throws: `TensorError.shape` for other shapes and margins, `.outOfMemory`, `.cancelled`
    package func extend(
        _ photo: Tensor, by margins: Margins, avoiding thing: Tensor? = nil, _ compute: Compute
    ) throws -> Tensor {
        let (height, width) = try PlatePicture.size(photo)
        let range = 0...Self.largestMargin(height: height, width: width)
        guard [margins.left, margins.top, margins.right, margins.bottom].allSatisfy({ range.contains($0) }) else {
            throw TensorError.shape("margins \(margins) around \(photo.shape), each may be \(range)")
        }
        if let thing { try PlatePicture.check(mask: thing, height: height, width: width) }
        if margins == Margins() { return try photo.copy() }
        let (rows, columns) = (margins.top + height + margins.bottom, margins.left + width + margins.right)
        let canvas = try Tensor(zeros: Array(photo.shape.dropLast(3)) + [rows, columns, 3])
        let known = try Cells<UInt8>(rows * columns)
        known.fill(UInt8(CLP_HOLE))
        for row in 0..<height {
            let first = (margins.top + row) * columns + margins.left
            (canvas.pointer + first * 3).update(from: photo.pointer + row * width * 3, count: width * 3)
            mark(known.pointer + first, row: thing.map { $0.pointer + row * width }, width)
        }
        var completion = PatchCompletion(prices: PatchCompletion.Prices(column: 3e7, row: 6e7))
        completion.frame = PatchCompletion.Frame(
            left: Float(margins.left) / Float(columns), top: Float(margins.top) / Float(rows),
            right: Float(margins.left + width) / Float(columns), bottom: Float(margins.top + height) / Float(rows))
        if try completion.fill(canvas, known: known, height: rows, width: columns, compute) { return canvas }
        if thing != nil { return try extend(photo, by: margins, compute) }
        try PlateFill.fillSmoothly(canvas, known, rows, columns, compute)
        return canvas
    }

    private func mark(_ known: UnsafeMutablePointer<UInt8>, row: UnsafeMutablePointer<Float>?, _ width: Int) {
        for column in 0..<width {
            let shy = row.map { $0[column] > 0.1 } ?? false
            known[column] = UInt8(shy ? CLP_SHY : CLP_KNOWN)
        }
    }
}
