import CLPKernels
import LPTensor

/// A photo taken apart, at one size, and the frames that a motion makes of it.
///
/// Camera moves look at the canvas (photo and margins), the region samples its plate, the object moves over the
/// background. See "Layers" in Models/FORMAT.md.
package struct LayeredPhoto: Sendable {
    package let height: Int
    package let width: Int
    /// The photo with its margins, [canvas height, canvas width, 3] in 0...1.
    private let canvas: Tensor
    private let left: Int
    private let top: Int
    private let object: ObjectLayer?
    private let region: RegionLayer?
    /// [rows, columns]
    private let depth: Tensor
    /// For a camera that passes by; nil: the depth serves.
    private let relief: Relief?

    /// What moves by itself.
    package struct ObjectLayer: Sendable {
        /// Where it is, [height, width].
        package var coverage: Tensor { mask }
        let mask: Tensor
        /// The photo without it, [height, width, 3].
        let background: Tensor
        let frame: LayerMasks.ObjectFrame

        package init(mask: Tensor, background: Tensor, frame: LayerMasks.ObjectFrame) {
            self.mask = mask
            self.background = background
            self.frame = frame
        }
    }

    /// What moves in place.
    package struct RegionLayer: Sendable {
        /// [height, width]
        let mask: Tensor
        /// Its look, continued beyond its edge, [height, width, 3].
        let plate: Tensor
        let waves: WaveFrame
        /// On the grid of the depth; nil: all of the waves everywhere.
        let ease: RegionEase?
        /// The photo without it, [height, width, 3], for where its outline goes along.
        let behind: Tensor?
        /// Whether its waves catch the light, as those of a liquid do.
        let glints: Bool
        /// Where its surface is farthest and nearest, units from the middle down; nil: it is not seen as a plane that recedes.
        let recedes: (top: Float, bottom: Float)?

        package init(
            mask: Tensor, plate: Tensor, waves: WaveFrame = .whole, ease: RegionEase? = nil, behind: Tensor? = nil, glints: Bool = false,
            recedes: (top: Float, bottom: Float)? = nil
        ) {
            self.mask = mask
            self.plate = plate
            self.waves = waves
            self.ease = ease
            self.behind = behind
            self.glints = glints
            self.recedes = recedes
        }
    }

    /// - Throws: `TensorError.shape` if a layer has not the photo's size.
    package init(
        height: Int, width: Int, canvas: Tensor, left: Int, top: Int, object: ObjectLayer?, region: RegionLayer?, depth: Tensor, relief: Relief? = nil
    ) throws {
        let size = Array(canvas.shape.suffix(3))
        guard height > 0, width > 0, left >= 0, top >= 0, size.count == 3, size[2] == 3, canvas.count == size[0] * size[1] * 3,
            size[0] >= height + top, size[1] >= width + left, depth.shape.count == 2, depth.count > 0
        else { throw TensorError.shape("\(canvas.shape) is no canvas of a photo of \(width) x \(height)") }
        for mask in [object?.mask, region?.mask] where mask.map({ $0.count != height * width }) ?? false {
            throw TensorError.shape("a mask has not the size of its photo, \(width) x \(height)")
        }
        for plate in [object?.background, region?.plate, region?.behind] where plate.map({ $0.count != height * width * 3 }) ?? false {
            throw TensorError.shape("a plate has not the size of its photo, \(width) x \(height)")
        }
        self.height = height
        self.width = width
        self.canvas = canvas
        self.left = left
        self.top = top
        self.object = object
        self.region = region
        self.depth = depth
        self.relief = relief
    }

    /// One frame, light included, new content not; [1, height, width, 3].
    package func frame(_ moment: MotionMoment, bicubic: Bool, _ compute: Compute) throws -> Tensor {
        let frame = try Tensor(uninitialized: [1, height, width, 3])
        try render(moment, bicubic: bicubic, into: frame.pointer, compute)
        return frame
    }

    /// Frames [n, height, width, 3].
    package func frames(_ moments: [MotionMoment], bicubic: Bool, _ compute: Compute) throws -> Tensor {
        let frames = try Tensor(uninitialized: [moments.count, height, width, 3])
        for (index, moment) in moments.enumerated() {
            try render(moment, bicubic: bicubic, into: frames.pointer + index * height * width * 3, compute)
        }
        return frames
    }

    private func render(
        _ moment: MotionMoment, bicubic: Bool, into frame: UnsafeMutablePointer<Float>, _ compute: Compute
    ) throws {
        let offsets = try region.flatMap { try RegionOffsets.grid(moment, without: $0.ease?.means, steepness: $0.glints ? $0.waves.scale : 0) }
        var layers = clp_layers()
        layers.height = height
        layers.width = width
        layers.left = left
        layers.top = top
        layers.canvas_height = canvas.shape[canvas.shape.count - 3]
        layers.canvas_width = canvas.shape[canvas.shape.count - 2]
        layers.photo = UnsafePointer(canvas.pointer)
        layers.depth = UnsafePointer(depth.pointer)
        layers.depth_rows = depth.shape[0]
        layers.depth_columns = depth.shape[1]
        if let region, let offsets {
            layers.region_mask = UnsafePointer(region.mask.pointer)
            layers.plate = UnsafePointer(region.plate.pointer)
            layers.offsets = UnsafePointer(offsets.pointer)
            layers.offset_side = RegionOffsets.side
            layers.offset_x = region.waves.x
            layers.offset_y = region.waves.y
            layers.offset_reach = RegionOffsets.reach / region.waves.scale
            if let (top, bottom) = region.recedes { (layers.recede_top, layers.recede_height) = (top, bottom - top) }
            layers.ease = region.ease.map { UnsafePointer($0.shares.pointer) }
            if let freedom = region.ease?.freedom, let behind = region.behind {
                layers.freedom = UnsafePointer(freedom.pointer)
                layers.behind = UnsafePointer(behind.pointer)
            }
        }
        if let object, moment.object.contains(where: { $0 != 0 }) {
            layers.object_mask = UnsafePointer(object.mask.pointer)
            layers.background = UnsafePointer(object.background.pointer)
            layers.centre_x = object.frame.x
            layers.centre_y = object.frame.y
            layers.half_height = object.frame.halfHeight
            layers.pivot = moment.pivot
        }
        let (c, o) = (moment.camera, moment.object)
        layers.camera = (c[0], c[1], c[2], c[3], c[4], c[5])
        layers.object = (o[0], o[1], o[2], o[3], o[4], o[5], o[6])
        layers.light = (moment.light[0], moment.light[1], moment.light[2])
        layers.sweep = moment.sweep
        layers.sweep_place = moment.sweepPlace
        nonisolated(unsafe) let target = frame
        nonisolated(unsafe) let prepared = layers
        nonisolated(unsafe) let heights = relief.map(Self.heights)
        let height = height
        let bands = (height + 15) / 16
        try compute.parallel(bands) { band in
            var layers = prepared
            layers.bicubic = bicubic
            let (first, last) = (band * 16, min(band * 16 + 16, height))
            guard var heights else { return clp_layers_render(&layers, first, last, target) }
            withUnsafePointer(to: &heights) { pointer in
                layers.relief = pointer
                clp_layers_render(&layers, first, last, target)
            }
        }
        withExtendedLifetime((canvas, object?.mask, region, offsets, relief)) {}
    }

    private static func heights(_ relief: Relief) -> clp_relief {
        clp_relief(
            rows: relief.near.shape[0], columns: relief.near.shape[1], near: UnsafePointer(relief.near.pointer),
            block_rows: relief.bounds.shape[0], block_columns: relief.bounds.shape[1],
            bounds: UnsafePointer(relief.bounds.pointer), closeness: MotionMoment.closeness)
    }
}
