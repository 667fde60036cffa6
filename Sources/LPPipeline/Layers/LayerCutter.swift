import LPModels
import LPTensor

/// Takes a photo apart by the masks of a layered motion head.
struct LayerCutter {
    let layers: LayerPrediction
    /// Tempo of light that changes slowly.
    var lightPace: Float = 1
    var take = MotionTake.plain

    /// Opacity from which a pixel may show the object, and is taken out of the background.
    private static let objectEdge: Float = 0.04

    /// Drift, in units, up to which a smooth continuation of the region is enough.
    private static let shortDrift: Float = 0.06

    /// Smooth plates and plain masks, for the denoising loop, previews and measuring.
    ///
    /// - Parameter photo: [1, H, W, 3] in 0...1
    func quick(_ photo: Tensor, _ compute: Compute) throws -> LayeredPhoto {
        let (height, width) = (photo.shape[1], photo.shape[2])
        let object = try layers.masks.frame.map { frame in
            let mask = try enlarged(layers.masks.object, height, width, compute)  // [H, W]
            let background = try smooth(photo, selected(mask) { $0 < Self.objectEdge }, compute)
            return LayeredPhoto.ObjectLayer(mask: mask, background: background, frame: frame)
        }
        let mask = try enlarged(layers.masks.region, height, width, compute)  // [H, W]
        let plate = try smooth(photo, selected(mask) { $0 > 0.5 }, compute)
        return try LayeredPhoto(
            height: height, width: width, canvas: photo, left: 0, top: 0, object: object,
            region: LayeredPhoto.RegionLayer(mask: mask, plate: plate), depth: layers.masks.depth)
    }

    /// Masks with the photo's own edges, a background with texture, and as much beyond the photo's border as the camera will see.
    ///
    /// - Parameters:
    ///   - photo: [1, H, W, 3] in 0...1
    ///   - moments: every frame of the clip
    ///   - extends: false leaves what is beyond the border mirrored
    func fine(
        _ photo: Tensor, _ moments: [MotionMoment], extends: Bool = true, _ compute: Compute
    ) throws -> LayeredPhoto {
        let (height, width) = (photo.shape[1], photo.shape[2])
        var object: LayeredPhoto.ObjectLayer?
        if let frame = layers.masks.frame, moments.contains(where: \.movesObject) {
            let mask = try MaskRefiner(isThing: true).refine(layers.masks.object, photo: photo, compute)  // [H, W]
            let background = try PlateFill(threshold: Self.objectEdge).fill(photo, hole: mask, compute)
            object = LayeredPhoto.ObjectLayer(mask: mask, background: background, frame: frame)
        }
        var region: LayeredPhoto.RegionLayer?
        if moments.contains(where: \.movesRegion) {
            region = try movingRegion(photo, moments, compute)
        }
        let extent = Float(max(height, width)) / (Float(height) * Float(width)).squareRoot()
        let reach = MotionMoment.parallax(moments, extent: extent)
        let relief = reach == (0, 0) ? nil : try Relief(depth: layers.masks.nearness, photo: photo, reach: extends ? reach : MotionMoment.farthestParallax, compute)
        let margins = extends ? CameraReach.margins(moments, height: height, width: width) : CanvasExtension.Margins()
        let canvas = margins == CanvasExtension.Margins() ? photo : try CanvasExtension().extend(photo, by: margins, avoiding: object?.coverage, compute)
        return try LayeredPhoto(
            height: height, width: width, canvas: canvas, left: margins.left, top: margins.top, object: object,
            region: region, depth: layers.masks.depth, relief: relief)
    }

    /// What moves in place. Said to move but not found in the photo, it is all of it: the sentence is answered as well as can be.
    private func movingRegion(
        _ photo: Tensor, _ moments: [MotionMoment], _ compute: Compute
    ) throws -> LayeredPhoto.RegionLayer {
        guard layers.masks.showsRegion else {
            let mask = try Tensor(uninitialized: [photo.shape[1], photo.shape[2]])
            mask.pointer.update(repeating: 1, count: mask.count)
            return LayeredPhoto.RegionLayer(mask: mask, plate: photo)
        }
        let mask = try MaskRefiner().refine(layers.masks.region, photo: photo, compute)  // [H, W]
        // Waves look a little beyond the region's edge, where a smooth plate will do. What drifts brings in much that the photo does not
        // show: clouds, not their mean.
        guard moments.contains(where: { $0.farthestDrift > Self.shortDrift }) else {
            let (waves, isLiquid) = (layers.masks.waves, layers.script.isLiquid)
            let ease = isLiquid && waves.smallness == 0
                ? nil : try RegionEase(mask: layers.masks.region, frame: waves, nearness: isLiquid ? nil : layers.masks.nearness)
            let behind = ease?.freedom == nil ? nil : try PlateFill(threshold: Self.objectEdge, isSmooth: true).fill(photo, hole: mask, compute)
            return LayeredPhoto.RegionLayer(
                mask: mask, plate: try smooth(photo, selected(mask) { $0 > 0.5 }, compute), waves: waves, ease: ease, behind: behind, glints: isLiquid,
                recedes: isLiquid ? waves.expanse : nil)
        }
        let rest = try selected(mask) { $0 < 0.5 }
        return LayeredPhoto.RegionLayer(
            mask: mask, plate: try PlateFill(threshold: 0.5).fill(photo, hole: rest, compute), waves: layers.masks.waves)
    }

    /// The photo where the weight [H, W] is 1, continued from there.
    private func smooth(_ photo: Tensor, _ weight: Tensor, _ compute: Compute) throws -> Tensor {
        try PlateFill.smooth(photo, weight: weight.reshaped(Array(photo.shape.dropLast())), compute)
    }

    private func enlarged(_ mask: Tensor, _ height: Int, _ width: Int, _ compute: Compute) throws -> Tensor {
        let picture = try mask.reshaped([1, mask.shape[0], mask.shape[1], 1])
        return try compute.resizeBilinear(picture, height: height, width: width, antialias: false).reshaped([height, width])
    }

    /// 1 where the test holds, else 0.
    private func selected(_ mask: Tensor, _ test: (Float) -> Bool) throws -> Tensor {
        let result = try Tensor(uninitialized: mask.shape)
        for index in 0..<mask.count { result.pointer[index] = test(mask.pointer[index]) ? 1 : 0 }
        return result
    }
}
