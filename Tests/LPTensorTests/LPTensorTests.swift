import LPTensor
import Testing

@Test func smoke() throws {
    let compute = Compute(threads: 2)
    let x = try Tensor((0..<2 * 5 * 4 * 3).map { Float($0 % 7) }, shape: [2, 5, 4, 3])
    let weight = try ConvolutionWeight(Parameter(Tensor((0..<2 * 3 * 9).map { Float($0 % 5) - 2 }, shape: [2, 3, 3, 3])))
    let y = try compute.conv2d(x, weight, bias: nil, stride: 1, padding: .all(1))
    #expect(y.shape == [2, 5, 4, 2])
    let n = try compute.groupNorm(x, gamma: Tensor([1, 1, 1], shape: [3]), beta: Tensor(zeros: [3]), groups: 3, epsilon: 1e-5)
    #expect(abs(n.array.reduce(0, +)) < 1e-3)
    let q = try x.reshaped([2, 20, 3])
    let a = try compute.attention(q, q, q, heads: 1)
    #expect(a.shape == [2, 20, 3])
    #expect(a.array.allSatisfy { $0 >= 0 && $0 <= 6 })
}
