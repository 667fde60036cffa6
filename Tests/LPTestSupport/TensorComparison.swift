import Glibc
import LPTensor
import Testing

/// How far a tensor is from what it should be.
package struct TensorComparison {
    /// The largest distance, divided by the largest expected magnitude.
    package var relativeError: Double = 0
    /// Where it is.
    package var worst = 0
    package var hasNaN = false

    package init(_ actual: [Float], _ expected: [Float]) {
        var scale = 1e-30
        for value in expected { scale = max(scale, abs(Double(value))) }
        for (index, pair) in zip(actual, expected).enumerated() {
            let distance = abs(Double(pair.0) - Double(pair.1)) / scale
            if distance.isNaN { hasNaN = true }
            if distance > relativeError {
                relativeError = distance
                worst = index
            }
        }
    }
}

/// Expects the same shape and values within `tolerance` of the largest expected magnitude; no value may be a NaN.
///
/// - Returns: the relative error, for tests that report it.
@discardableResult
package func expectClose(
    _ actual: Tensor, _ expected: Tensor, label: String = "", tolerance: Double = 1e-5,
    sourceLocation: SourceLocation = #_sourceLocation
) -> Double {
    #expect(actual.shape == expected.shape, "\(label): shape", sourceLocation: sourceLocation)
    guard actual.shape == expected.shape else { return .infinity }
    let comparison = TensorComparison(actual.array, expected.array)
    let place = comparison.worst
    let values = actual.count > 0 ? "\(actual.array[place]) instead of \(expected.array[place])" : "empty"
    #expect(!comparison.hasNaN, "\(label): a NaN", sourceLocation: sourceLocation)
    #expect(
        comparison.relativeError <= tolerance,
        "\(label): relative error \(comparison.relativeError) at \(place): \(values)", sourceLocation: sourceLocation)
    return comparison.relativeError
}

/// Expects the same shape and the same bits.
package func expectIdentical(
    _ actual: Tensor, _ expected: Tensor, label: String = "", sourceLocation: SourceLocation = #_sourceLocation
) {
    #expect(actual.shape == expected.shape, "\(label): shape", sourceLocation: sourceLocation)
    guard actual.shape == expected.shape else { return }
    let same = memcmp(actual.pointer, expected.pointer, actual.count * MemoryLayout<Float>.stride) == 0
    #expect(same, "\(label): bits differ", sourceLocation: sourceLocation)
}
