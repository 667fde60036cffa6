/// What a network takes from red, green and blue (0...1) and divides them by.
package struct ColourStatistics: Sendable {
    package let mean: [Float]
    package let deviation: [Float]

    /// Keys `mean` and `std`, three numbers each; they must be there unless there is something to take instead.
    init(_ settings: SettingsReader, mean: [Double]? = nil, deviation: [Double]? = nil) throws {
        self.mean = try settings.reals("mean", count: 3, -10...10, default: mean).map(Float.init)
        self.deviation = try settings.reals("std", count: 3, 1e-6...1e6, default: deviation).map(Float.init)
    }
}
