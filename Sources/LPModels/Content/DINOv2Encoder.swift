import LPTensor
import LPWeights

/// DINOv2: what is in the photo, as one token per patch.
///
/// N images, H x W pixels, h x w patches, P = h w, R registers, D width. Reference: transformers `Dinov2Model` and
/// `Dinov2WithRegistersModel`; tensor names as in the released files.
package struct DINOv2Encoder: Sendable {
    private let classToken: Tensor  // [1, D]
    private let registers: Tensor?  // [R, D]
    private let classPosition: Tensor  // [1, D]
    private let patchPositions: Tensor  // [1, g, g, D]
    private let patches: Conv2D
    private let layers: [DINOv2Layer]
    private let finalNorm: LayerNorm
    private let configuration: DINOv2Configuration

    package init(_ weights: WeightStore.Scope, _ configuration: DINOv2Configuration) throws {
        let width = configuration.hiddenSize
        let embeddings = weights.scoped("embeddings")
        classToken = try embeddings.tensor("cls_token", [1, 1, width]).reshaped([1, width])
        embeddings.ignore("mask_token")
        let registerCount = configuration.registerTokens
        registers =
            registerCount == 0
            ? nil
            : try embeddings.tensor("register_tokens", [1, registerCount, width]).reshaped([registerCount, width])
        // The grid that the positions were trained on need not be the one that this model uses.
        let found = embeddings.shape(of: "position_embeddings")
        let grid = Self.squareRoot(found?.count == 3 ? found?[1] : nil) ?? configuration.grid
        let positions = try embeddings.tensor("position_embeddings", [1, grid * grid + 1, width])
            .reshaped([grid * grid + 1, width])
        classPosition = try positions.slice(0..<1)
        patchPositions = try positions.slice(1..<(grid * grid + 1)).reshaped([1, grid, grid, width])
        let patchSize = configuration.patchSize
        patches = try Conv2D(
            embeddings.scoped("patch_embeddings.projection"), 3, width, kernel: patchSize, stride: patchSize,
            padding: .zero)
        layers = try (0..<configuration.layers).map {
            try DINOv2Layer(weights.scoped("encoder.layer", $0), configuration)
        }
        finalNorm = try LayerNorm(weights.scoped("layernorm"), width, epsilon: configuration.epsilon)
        self.configuration = configuration
    }

    /// Side of the square grid behind a number of positions (one of them the class token's); nil if it is not square.
    private static func squareRoot(_ positions: Int?) -> Int? {
        guard let positions, positions > 1, positions <= 1 << 20 else { return nil }
        let side = Int(Double(positions - 1).squareRoot())
        return side * side == positions - 1 ? side : nil
    }

    /// - Shapes: `image` [N, H, W, 3], normalised, at least one patch a side; a rest below a patch is cut off
    ///   -> [N, P, D]: the patch tokens after the final norm, without class token and registers
    package func callAsFunction(_ image: Tensor, _ compute: Compute) throws -> Tensor {
        guard image.shape.count == 4, image.shape[3] == 3,
            min(image.shape[1], image.shape[2]) >= configuration.patchSize
        else { throw TensorError.shape("an image of shape \(image.shape) for the content encoder") }
        let embedded = try patches(image, compute)  // [N, h, w, D]
        var x = try tokens(embedded, try positions(embedded, compute))  // [N, 1 + R + P, D]
        for layer in layers { x = try layer(x, compute) }
        return try finalNorm(try patchTokens(x), compute)
    }

    /// Position embeddings at the grid of these patches: bicubic, antialiased only in models with registers.
    private func positions(_ embedded: Tensor, _ compute: Compute) throws -> Tensor {
        let (height, width) = (embedded.shape[1], embedded.shape[2])
        if patchPositions.shape[1] == height, patchPositions.shape[2] == width { return patchPositions }
        return try compute.resizeBicubic(patchPositions, height: height, width: width, antialias: registers != nil)
    }

    private func tokens(_ embedded: Tensor, _ positions: Tensor) throws -> Tensor {
        let (count, patchCount, width) = (embedded.shape[0], embedded.shape[1] * embedded.shape[2], embedded.shape[3])
        let registerCount = registers?.shape[0] ?? 0
        let length = 1 + registerCount + patchCount
        let x = try Tensor(uninitialized: [count, length, width])
        for image in 0..<count {
            var target = x.pointer + image * length * width
            for channel in 0..<width { target[channel] = classToken.pointer[channel] + classPosition.pointer[channel] }
            target += width
            if let registers {
                target.update(from: registers.pointer, count: registers.count)
                target += registers.count
            }
            let source = embedded.pointer + image * patchCount * width
            for index in 0..<(patchCount * width) { target[index] = source[index] + positions.pointer[index] }
        }
        return x
    }

    private func patchTokens(_ x: Tensor) throws -> Tensor {
        let (count, length, width) = (x.shape[0], x.shape[1], x.shape[2])
        let skipped = 1 + (registers?.shape[0] ?? 0)
        let result = try Tensor(uninitialized: [count, length - skipped, width])
        for image in 0..<count {
            let source = x.pointer + (image * length + skipped) * width
            (result.pointer + image * (length - skipped) * width)
                .update(from: source, count: (length - skipped) * width)
        }
        return result
    }
}
