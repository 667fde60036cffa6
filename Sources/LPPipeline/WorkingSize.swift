import LPWeights

/// The size at which the networks see the photo: the model's area, the photo's aspect.
struct WorkingSize: Equatable {
    let width: Int
    let height: Int

    /// Each side is the multiple nearest to k times the photo's side, with k = sqrt(area / (width * height)), kept inside the model's limits.
    /// - Reference: Models/FORMAT.md, "Working size and composition".
    init(photoWidth: Int, photoHeight: Int, _ configuration: WorkingSizeConfiguration) {
        let factor = (Double(configuration.area) / (Double(photoWidth) * Double(photoHeight))).squareRoot()
        func side(_ length: Int) -> Int {
            let multiples = (factor * Double(length) / Double(configuration.multiple) + 0.5).rounded(.down)
            // A photo of extreme aspect gives a huge number here: compare before converting.
            let limit = Double(configuration.maximumSide / configuration.multiple)
            let rounded = Int(min(max(multiples, 1), max(limit, 1))) * configuration.multiple
            return min(max(rounded, configuration.minimumSide), configuration.maximumSide)
        }
        width = side(photoWidth)
        height = side(photoHeight)
    }
}
