import Glibc
import LPTensor

/// The operations of LPTensor as their definitions read: loops over single values in double precision. Slow and plain.
package enum Naive {
    package static func activation(_ x: Double, _ activation: Activation) -> Double {
        switch activation {
        case .none: x
        case .silu: x / (1 + exp(-x))
        case .gelu: 0.5 * x * erfc(-x / 2.0.squareRoot())
        case .quickGELU: x / (1 + exp(-1.702 * x))
        case .relu: max(x, 0)
        case .relu6: min(max(x, 0), 6)
        }
    }

    package static func map(_ x: Tensor, _ body: (Double) -> Double) throws -> Tensor {
        try Tensor(x.array.map { Float(body(Double($0))) }, shape: x.shape)
    }

    package static func linear(
        _ x: Tensor, _ weight: Tensor, bias: Tensor?, activation: Activation = .none
    ) throws -> Tensor {
        let (n, k) = (weight.shape[0], weight.shape[1])
        let result = try Tensor(zeros: x.shape.dropLast() + [n])
        for row in 0..<(result.count / max(n, 1)) {
            for o in 0..<n {
                var sum = bias.map { Double($0.pointer[o]) } ?? 0
                for i in 0..<k { sum += Double(x.pointer[row * k + i]) * Double(weight.pointer[o * k + i]) }
                result.pointer[row * n + o] = Float(Naive.activation(sum, activation))
            }
        }
        return result
    }

    package static func conv2d(
        _ x: Tensor, _ weight: Tensor, bias: Tensor?, stride: Int, padding: Padding, activation: Activation = .none
    ) throws -> Tensor {
        let (images, height, width, inputs) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3])
        let (outputs, kh, kw) = (weight.shape[0], weight.shape[2], weight.shape[3])
        let outHeight = (height + padding.top + padding.bottom - kh) / stride + 1
        let outWidth = (width + padding.left + padding.right - kw) / stride + 1
        let result = try Tensor(zeros: [images, outHeight, outWidth, outputs])
        for index in 0..<result.count {
            let (o, column) = (index % outputs, index / outputs % outWidth)
            let (row, image) = (index / outputs / outWidth % outHeight, index / outputs / outWidth / outHeight)
            var sum = bias.map { Double($0.pointer[o]) } ?? 0
            for i in 0..<kh {
                for j in 0..<kw {
                    let (y, z) = (row * stride - padding.top + i, column * stride - padding.left + j)
                    guard y >= 0, y < height, z >= 0, z < width else { continue }
                    for c in 0..<inputs {
                        sum +=
                            Double(x.pointer[((image * height + y) * width + z) * inputs + c])
                            * Double(weight.pointer[((o * inputs + c) * kh + i) * kw + j])
                    }
                }
            }
            result.pointer[index] = Float(Naive.activation(sum, activation))
        }
        return result
    }

    package static func depthwise(
        _ x: Tensor, _ weight: Tensor, bias: Tensor?, stride: Int, padding: Padding, activation: Activation = .none
    ) throws -> Tensor {
        let (images, height, width, channels) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3])
        let (kh, kw) = (weight.shape[2], weight.shape[3])
        let outHeight = (height + padding.top + padding.bottom - kh) / stride + 1
        let outWidth = (width + padding.left + padding.right - kw) / stride + 1
        let result = try Tensor(zeros: [images, outHeight, outWidth, channels])
        for index in 0..<result.count {
            let (c, column) = (index % channels, index / channels % outWidth)
            let (row, image) = (index / channels / outWidth % outHeight, index / channels / outWidth / outHeight)
            var sum = bias.map { Double($0.pointer[c]) } ?? 0
            for i in 0..<kh {
                for j in 0..<kw {
                    let (y, z) = (row * stride - padding.top + i, column * stride - padding.left + j)
                    guard y >= 0, y < height, z >= 0, z < width else { continue }
                    sum +=
                        Double(x.pointer[((image * height + y) * width + z) * channels + c])
                        * Double(weight.pointer[(c * kh + i) * kw + j])
                }
            }
            result.pointer[index] = Float(Naive.activation(sum, activation))
        }
        return result
    }

    package static func groupNorm(
        _ x: Tensor, gamma: Tensor, beta: Tensor, groups: Int, epsilon: Float, scope: NormScope,
        scaleShift: Tensor? = nil, activation: Activation = .none
    ) throws -> Tensor {
        let (images, columns) = (x.shape[0], x.shape[x.shape.count - 1])
        let result = try Tensor(zeros: x.shape)
        let size = x.count / images
        for domain in 0..<(scope == .frame ? images : 1) {
            let range = scope == .frame ? domain * size..<(domain + 1) * size : 0..<x.count
            for group in 0..<groups {
                var members: [Int] = []
                for row in stride(from: range.lowerBound, to: range.upperBound, by: columns) {
                    members += row + group * columns / groups..<row + (group + 1) * columns / groups
                }
                var (sum, squares) = (0.0, 0.0)
                for index in members { sum += Double(x.pointer[index]) }
                let mean = sum / Double(members.count)
                for index in members {
                    squares += (Double(x.pointer[index]) - mean) * (Double(x.pointer[index]) - mean)
                }
                let variance = squares / Double(members.count)
                for index in members {
                    let c = index % columns
                    var value = (Double(x.pointer[index]) - mean) / (variance + Double(epsilon)).squareRoot()
                    value = value * Double(gamma.pointer[c]) + Double(beta.pointer[c])
                    if let scaleShift {
                        let row = scaleShift.shape[0] == 1 ? 0 : index / size * 2 * columns
                        value =
                            value * (1 + Double(scaleShift.pointer[row + c]))
                            + Double(scaleShift.pointer[row + columns + c])
                    }
                    result.pointer[index] = Float(Naive.activation(value, activation))
                }
            }
        }
        return result
    }

    package static func layerNorm(_ x: Tensor, gamma: Tensor, beta: Tensor, epsilon: Float) throws -> Tensor {
        let columns = gamma.count
        let rows = try x.reshaped([x.count / columns, 1, columns])
        return try groupNorm(rows, gamma: gamma, beta: beta, groups: 1, epsilon: epsilon, scope: .frame)
            .reshaped(x.shape)
    }

    package static func attention(
        _ q: Tensor, _ k: Tensor, _ v: Tensor, heads: Int, causal: Bool = false
    ) throws -> Tensor {
        let (batches, queries, width, keys) = (q.shape[0], q.shape[1], q.shape[2], k.shape[1])
        let head = width / heads
        let result = try Tensor(zeros: q.shape)
        for batch in 0..<batches {
            let source = batch * k.shape[0] / batches
            for h in 0..<heads {
                for i in 0..<queries {
                    let query = (batch * queries + i) * width + h * head
                    var scores = [Double](repeating: -.infinity, count: keys)
                    for j in 0..<keys where !causal || j <= i {
                        let key = (source * keys + j) * width + h * head
                        var sum = 0.0
                        for d in 0..<head { sum += Double(q.pointer[query + d]) * Double(k.pointer[key + d]) }
                        scores[j] = sum / Double(head).squareRoot()
                    }
                    let largest = scores.max() ?? 0
                    let weights = scores.map { exp($0 - largest) }
                    let total = weights.reduce(0, +)
                    for d in 0..<head {
                        var sum = 0.0
                        for j in 0..<keys {
                            sum += weights[j] * Double(v.pointer[(source * keys + j) * width + h * head + d])
                        }
                        result.pointer[query + d] = Float(sum / total)
                    }
                }
            }
        }
        return result
    }

    package static func geglu(_ x: Tensor) throws -> Tensor {
        let half = x.shape[x.shape.count - 1] / 2
        let result = try Tensor(zeros: x.shape.dropLast() + [half])
        for index in 0..<result.count {
            let row = index / half * 2 * half + index % half
            result.pointer[index] = Float(Double(x.pointer[row]) * activation(Double(x.pointer[row + half]), .gelu))
        }
        return result
    }
}
