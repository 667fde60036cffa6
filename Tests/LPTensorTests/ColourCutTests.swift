import CLPKernels
import Glibc
import LPTensor
import LPTestSupport
import Testing

@Suite struct ColourCutTests {
    /// At rest every pixel is the weighted mean of its target and of its eight neighbours.
    @Test(arguments: [(1, 1), (1, 5), (6, 1), (2, 2), (9, 7)])
    func beliefsComeToRest(_ height: Int, _ width: Int) throws {
        let count = height * width
        func value(_ index: Int, _ salt: Int) -> Float { Float((index &* 7919 &+ salt &* 104_729) % 97) / 97 }
        let picture = try Tensor((0..<count * 3).map { value($0, 1) }, shape: [height, width, 3])
        let target = try Tensor((0..<count).map { value($0, 2) }, shape: [height, width])
        let pull = try Tensor((0..<count).map { value($0, 3) + 0.1 }, shape: [height, width])
        let belief = try Tensor(zeros: [height, width])
        let edges = try Tensor(uninitialized: [height, width, 4])
        clp_cut_edges(picture.pointer, height, width, edges.pointer)
        clp_cut_relax(edges.pointer, target.pointer, pull.pointer, height, width, 400, belief.pointer)

        func square(_ a: Int, _ b: Int) -> Float {
            (0..<3).reduce(Float(0)) { sum, c in
                let step = picture.pointer[3 * a + c] - picture.pointer[3 * b + c]
                return sum + step * step
            }
        }
        var pairs: [(from: Int, to: Int, length: Float)] = []
        for y in 0..<height {
            for x in 0..<width {
                for dy in -1...1 {
                    for dx in -1...1 where (dx, dy) != (0, 0) {
                        guard (0..<height).contains(y + dy), (0..<width).contains(x + dx) else { continue }
                        let length = Float(dx * dx + dy * dy).squareRoot()
                        pairs.append((y * width + x, (y + dy) * width + x + dx, length))
                    }
                }
            }
        }
        let mean = pairs.isEmpty ? 1 : pairs.reduce(Float(0)) { $0 + square($1.from, $1.to) } / Float(pairs.count)
        for pixel in 0..<count {
            var (sum, weight) = (pull.pointer[pixel] * target.pointer[pixel], pull.pointer[pixel])
            for pair in pairs where pair.from == pixel {
                let edge = (0.02 + 0.98 * expf(-square(pixel, pair.to) / (mean + 1e-6))) / pair.length
                sum += edge * belief.pointer[pair.to]
                weight += edge
            }
            #expect(abs(belief.pointer[pixel] - sum / weight) < 1e-4)
        }
    }

    @Test func histogramsAddUp() throws {
        let bins: [Int32] = [0, 5000, 5000, Int32(CLP_CUT_BINS) - 1]
        let histogram = try Tensor(uninitialized: [Int(CLP_CUT_BINS)])
        let scratch = try Tensor(uninitialized: histogram.shape)
        clp_cut_histogram(bins, [1, 2, 1, 0.5], 4, histogram.pointer, scratch.pointer)
        #expect(abs(histogram.array.reduce(0, +) - 1) < 1e-4)
        #expect(histogram.array.max() == histogram.pointer[5000])
        #expect(abs(clp_cut_overlap(histogram.pointer, histogram.pointer) - 1) < 1e-4)
    }

    @Test func anyNumberIsAColour() throws {
        let wild: [Float] = [.nan, .infinity, -.infinity, 1e30, -5, 0.5]
        var bins = [Int32](repeating: -1, count: 2)
        clp_cut_bins(wild, &bins, 2)
        #expect(bins.allSatisfy { (0..<Int32(CLP_CUT_BINS)).contains($0) })
        let edges = try Tensor(uninitialized: [1, 2, 4])
        clp_cut_edges(wild, 1, 2, edges.pointer)
        #expect(edges.array.allSatisfy { (0...1).contains($0) })
    }
}
