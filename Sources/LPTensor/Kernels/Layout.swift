import CLPKernels

extension Compute {
    /// Joins along the last axis; the other extents must agree.
    package func concatChannels(_ parts: [Tensor]) throws -> Tensor {
        guard let first = parts.first, !first.shape.isEmpty,
            parts.allSatisfy({ $0.shape.dropLast() == first.shape.dropLast() && !$0.shape.isEmpty })
        else { throw TensorError.shape("concatChannels: \(parts.map(\.shape))") }
        let columns = parts.reduce(0) { $0 + $1.columns }
        let result = try Tensor(uninitialized: first.shape.dropLast() + [columns])
        guard result.count > 0 else { return result }
        try parallelRuns(result.rows, step: max(32768 / columns, 1)) { run in
            var offset = 0
            for part in parts {
                clp_copy_rows(
                    part.pointer + run.lowerBound * part.columns, part.columns,
                    result.pointer + run.lowerBound * columns + offset, columns, run.count, part.columns)
                offset += part.columns
            }
        }
        return result
    }

    /// Joins along axis 0; the other extents must agree.
    package func concatFirst(_ parts: [Tensor]) throws -> Tensor {
        guard let first = parts.first, !first.shape.isEmpty,
            parts.allSatisfy({ $0.shape.dropFirst() == first.shape.dropFirst() && !$0.shape.isEmpty })
        else { throw TensorError.shape("concatFirst: \(parts.map(\.shape))") }
        let result = try Tensor(
            uninitialized: [parts.reduce(0) { $0 + $1.shape[0] }] + first.shape.dropFirst())
        var offset = 0
        for part in parts {
            let start = offset
            try parallelRuns(part.count, step: 65536) { run in
                (result.pointer + start + run.lowerBound).update(from: part.pointer + run.lowerBound, count: run.count)
            }
            offset += part.count
        }
        return result
    }

    /// Entries `indices` of axis 0, in that order; an entry may come more than once.
    package func gatherFirst(_ x: Tensor, _ indices: [Int]) throws -> Tensor {
        guard let length = x.shape.first, indices.allSatisfy({ $0 >= 0 && $0 < length }) else {
            throw TensorError.shape("gatherFirst: \(x.shape), \(indices)")
        }
        let result = try Tensor(uninitialized: [indices.count] + x.shape.dropFirst())
        guard result.count > 0 else { return result }
        let inner = x.count / length
        try parallel(indices.count) { index in
            (result.pointer + index * inner).update(from: x.pointer + indices[index] * inner, count: inner)
        }
        return result
    }

    /// [A, B, ...] -> [B, A, ...]: frames <-> pixels.
    package func swapFirstTwo(_ x: Tensor) throws -> Tensor {
        guard x.shape.count >= 2 else { throw TensorError.shape("swapFirstTwo: \(x.shape)") }
        let (a, b) = (x.shape[0], x.shape[1])
        let result = try Tensor(uninitialized: [b, a] + x.shape.dropFirst(2))
        guard x.count > 0 else { return result }
        let inner = x.count / a / b
        try parallelRuns(b, step: max(32768 / (a * inner), 1)) { run in
            for row in run {
                clp_copy_rows(x.pointer + row * inner, b * inner, result.pointer + row * a * inner, inner, a, inner)
            }
        }
        return result
    }

    /// x [N, H, W, C * factor²] -> [N, H * factor, W * factor, C], PyTorch's channel order: channel c * r² + i * r + j goes
    /// to (c, y * r + i, x * r + j).
    package func pixelShuffle(_ x: Tensor, factor: Int) throws -> Tensor {
        guard x.shape.count == 4, factor > 0, factor <= 1 << 15, x.shape[3] % (factor * factor) == 0 else {
            throw TensorError.shape("pixelShuffle: x \(x.shape), factor \(factor)")
        }
        let (height, width, channels) = (x.shape[1], x.shape[2], x.shape[3])
        let (tall, tooTall) = height.multipliedReportingOverflow(by: factor)
        let (wide, tooWide) = width.multipliedReportingOverflow(by: factor)
        guard !tooTall, !tooWide else { throw TensorError.outOfMemory(bytes: Int.max) }
        let result = try Tensor(uninitialized: [x.shape[0], tall, wide, channels / (factor * factor)])
        guard x.count > 0 else { return result }
        try parallelRuns(x.shape[0] * height, step: max(32768 / (width * channels), 1)) { run in
            clp_pixel_shuffle(x.pointer, result.pointer, run.lowerBound, run.upperBound, width, channels, factor)
        }
        return result
    }
}
