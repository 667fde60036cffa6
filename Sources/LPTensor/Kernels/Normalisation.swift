import CLPKernels

extension Compute {
    /// Normalises each group of channels to zero mean and unit variance, scales and shifts, and activates.
    ///
    /// - Parameters:
    ///   - x: [N, ..., C]; the middle axes are pixels or tokens
    ///   - gamma, beta: [C]; `groups` divides C
    ///   - scope: statistics per image, or over all N
    ///   - scaleShift: [N, 2C] or [1, 2C]: y = norm * (1 + scale) + shift, first half scale, after gamma and beta
    /// - Returns: the shape of x
    /// - Reference: torch.nn.GroupNorm. Moments are taken about a pivot and combined in double.
    package func groupNorm(
        _ x: Tensor, gamma: Tensor, beta: Tensor, groups: Int, epsilon: Float, scope: NormScope = .frame,
        scaleShift: Tensor? = nil, activation: Activation = .none
    ) throws -> Tensor {
        let (images, columns) = (x.shape.first ?? 0, x.columns)
        guard x.shape.count >= 2, gamma.shape == [columns], beta.shape == [columns], groups > 0, columns % groups == 0,
            scaleShift == nil || scaleShift?.shape == [images, 2 * columns] || scaleShift?.shape == [1, 2 * columns]
        else {
            throw TensorError.shape(
                "groupNorm: x \(x.shape), gamma \(gamma.shape), beta \(beta.shape), groups \(groups), "
                    + "scaleShift \(describe(scaleShift))")
        }
        let result = try Tensor(uninitialized: x.shape)
        guard x.count > 0 else { return result }
        let pixels = x.count / images / columns
        let step = min(max(32768 / columns, 8), pixels)
        let runs = (pixels + step - 1) / step
        let moments = try Tensor(uninitialized: [2, images, runs, columns])
        let squares = moments.pointer + moments.count / 2
        let squaresAddress = UInt(bitPattern: squares)
        try parallel(images * runs) { index in
            let (image, first) = (index / runs, index % runs * step)
            guard let squares = UnsafeMutablePointer<Float>(bitPattern: squaresAddress) else { return }
            clp_column_moments(
                x.pointer + (image * pixels + first) * columns, min(step, pixels - first), columns,
                moments.pointer + index * columns, squares + index * columns)
        }
        let affine = try Tensor(uninitialized: [2, images, columns])
        let shifts = affine.pointer + images * columns
        let domains = scope == .frame ? images : 1
        for domain in 0..<domains {
            let start = domain * runs * columns
            clp_group_affine(
                moments.pointer + start, squares + start, runs * (images / domains), runs, step,
                pixels - (runs - 1) * step, columns, groups, epsilon, gamma.pointer, beta.pointer,
                affine.pointer + domain * columns, shifts + domain * columns)
        }
        spread(affine, images, columns, domains, scaleShift)
        try parallel(images * runs) { index in
            let (image, first) = (index / runs, index % runs * step)
            let offset = (image * pixels + first) * columns
            clp_affine_activation(
                x.pointer + offset, result.pointer + offset, affine.pointer + image * columns,
                affine.pointer + (images + image) * columns, min(step, pixels - first), columns, activation.code)
        }
        return result
    }

    /// Gives every image its own row of factors and shifts, with the modulation worked in.
    private func spread(_ affine: Tensor, _ images: Int, _ columns: Int, _ domains: Int, _ scaleShift: Tensor?) {
        let (factor, shift) = (affine.pointer, affine.pointer + images * columns)
        if domains == 1 {
            for image in 1..<max(images, 1) {
                (factor + image * columns).update(from: factor, count: columns)
                (shift + image * columns).update(from: shift, count: columns)
            }
        }
        guard let scaleShift else { return }
        for image in 0..<images {
            let row = scaleShift.pointer + (scaleShift.shape[0] == 1 ? 0 : image * 2 * columns)
            for c in 0..<columns {
                let gain = 1 + row[c]
                factor[image * columns + c] *= gain
                shift[image * columns + c] = shift[image * columns + c] * gain + row[columns + c]
            }
        }
    }

    /// Normalises each row (last axis) to zero mean and unit variance, then scales and shifts.
    ///
    /// - Parameters: gamma, beta: [C] for x [..., C]
    /// - Reference: torch.nn.LayerNorm
    package func layerNorm(_ x: Tensor, gamma: Tensor, beta: Tensor, epsilon: Float) throws -> Tensor {
        let columns = x.columns
        guard !x.shape.isEmpty, gamma.shape == [columns], beta.shape == [columns] else {
            throw TensorError.shape("layerNorm: x \(x.shape), gamma \(gamma.shape), beta \(beta.shape)")
        }
        let result = try Tensor(uninitialized: x.shape)
        guard x.count > 0 else { return result }
        try parallelRuns(x.rows, step: max(32768 / columns, 4)) { run in
            let offset = run.lowerBound * columns
            clp_layer_norm(
                x.pointer + offset, result.pointer + offset, gamma.pointer, beta.pointer, run.count, columns, epsilon)
        }
        return result
    }
}
