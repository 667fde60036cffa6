import CLPKernels

extension Compute {
    /// torch's `nearest`: x [N, H, W, C] -> [N, height, width, C].
    package func upsampleNearest(_ x: Tensor, height: Int, width: Int) throws -> Tensor {
        try checkResize("upsampleNearest", x, height, width)
        let result = try Tensor(uninitialized: [x.shape[0], height, width, x.shape[3]])
        guard result.count > 0 else { return result }
        let rows = ResampleTaps.nearest(from: x.shape[1], to: height)
        let columns = ResampleTaps.nearest(from: x.shape[2], to: width)
        let (inRow, outRow) = (x.shape[2] * x.shape[3], width * x.shape[3])
        try parallelRuns(x.shape[0] * height, step: max(32768 / outRow, 1)) { run in
            for row in run {
                let source = row / height * x.shape[1] + Int(rows.source[row % height])
                clp_gather(x.pointer + source * inRow, result.pointer + row * outRow, columns.source, width, x.shape[3])
            }
        }
        return result
    }

    /// torch's F.interpolate(bilinear, align_corners=False): x [N, H, W, C] -> [N, height, width, C].
    package func resizeBilinear(_ x: Tensor, height: Int, width: Int, antialias: Bool) throws -> Tensor {
        try checkResize("resizeBilinear", x, height, width)
        func taps(_ size: Int, _ outputs: Int) -> ResampleTaps {
            antialias ? .antialiased(from: size, to: outputs, cubic: false) : .bilinear(from: size, to: outputs)
        }
        return try resampled(x, rows: taps(x.shape[1], height), columns: taps(x.shape[2], width), height, width)
    }

    /// torch's F.interpolate(bicubic, align_corners=False): a = -0.75, with antialias a = -0.5.
    package func resizeBicubic(_ x: Tensor, height: Int, width: Int, antialias: Bool) throws -> Tensor {
        try checkResize("resizeBicubic", x, height, width)
        func taps(_ size: Int, _ outputs: Int) -> ResampleTaps {
            antialias ? .antialiased(from: size, to: outputs, cubic: true) : .bicubic(from: size, to: outputs)
        }
        return try resampled(x, rows: taps(x.shape[1], height), columns: taps(x.shape[2], width), height, width)
    }

    /// Rows first, then columns, as torch does.
    private func resampled(
        _ x: Tensor, rows: ResampleTaps, columns: ResampleTaps, _ height: Int, _ width: Int
    ) throws -> Tensor {
        let (images, inHeight, inWidth, channels) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3])
        let result = try Tensor(uninitialized: [images, height, width, channels])
        guard result.count > 0 else { return result }
        let wide = try Tensor(uninitialized: [images, inHeight, width, channels])
        let outRow = width * channels
        try parallelRuns(images * inHeight, step: max(16384 / outRow, 1)) { run in
            for row in run {
                clp_resample(
                    x.pointer + row * inWidth * channels, wide.pointer + row * outRow, columns.source, columns.weight,
                    width, columns.taps, channels)
            }
        }
        try parallelRuns(images * height, step: max(16384 / outRow, 1)) { run in
            for row in run {
                let taps = (row % height) * rows.taps..<(row % height + 1) * rows.taps
                clp_resample(
                    wide.pointer + row / height * inHeight * outRow, result.pointer + row * outRow,
                    Array(rows.source[taps]), Array(rows.weight[taps]), 1, rows.taps, outRow)
            }
        }
        return result
    }

    private func checkResize(_ name: String, _ x: Tensor, _ height: Int, _ width: Int) throws {
        guard x.shape.count == 4, x.shape.dropFirst().allSatisfy({ $0 > 0 && $0 <= 1 << 24 }),
            height > 0, width > 0, height <= 1 << 24, width <= 1 << 24
        else { throw TensorError.shape("\(name): x \(x.shape) to \(height) x \(width)") }
    }

    /// Backward warp: out[n, y, x] is the image at (x + flow[n, y, x, 0], y + flow[n, y, x, 1]), in pixels.
    ///
    /// - Parameters:
    ///   - image: [N or 1, H, W, C]
    ///   - flow: [N, H, W, 2]
    ///   - mode: bicubic with a = -0.75
    ///   - border: repeat the border, or mirror at the outer edges of the border pixels
    /// - Returns: [N, H, W, C]
    /// - Reference: torch grid_sample(align_corners=False, padding_mode="border" or "reflection")
    package func warp(_ image: Tensor, flow: Tensor, mode: WarpMode, border: WarpBorder) throws -> Tensor {
        guard image.shape.count == 4, flow.shape.count == 4, flow.shape[3] == 2, flow.shape[1] == image.shape[1],
            flow.shape[2] == image.shape[2], image.shape[0] == 1 || image.shape[0] == flow.shape[0],
            image.shape[1] <= 1 << 24, image.shape[2] <= 1 << 24
        else { throw TensorError.shape("warp: image \(image.shape), flow \(flow.shape)") }
        let (height, width, channels) = (image.shape[1], image.shape[2], image.shape[3])
        let result = try Tensor(uninitialized: [flow.shape[0], height, width, channels])
        guard result.count > 0 else { return result }
        let size = height * width * channels
        let step = max(8192 / (width * channels), 1)
        let runs = (height + step - 1) / step
        try parallel(flow.shape[0] * runs) { index in
            let (frame, first) = (index / runs, index % runs * step)
            clp_warp(
                image.pointer + (image.shape[0] == 1 ? 0 : frame * size), flow.pointer + frame * height * width * 2,
                result.pointer + frame * size, height, width, channels, first, min(first + step, height),
                mode == .bicubic, border == .reflect)
        }
        return result
    }
}
