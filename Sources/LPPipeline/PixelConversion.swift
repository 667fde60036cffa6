import LPTensor

/// Between 8-bit pixels and tensors in 0...1.
enum PixelConversion {
    /// - Returns: [1, height, width, 3]
    static func tensor(_ photo: Photo, _ compute: Compute) throws -> Tensor {
        let tensor = try Tensor(uninitialized: [1, photo.height, photo.width, 3])
        let row = photo.width * 3
        try photo.pixels.withUnsafeBufferPointer { bytes in
            guard let bytes = bytes.baseAddress else { return }
            let source = UncheckedPointer(bytes)
            try compute.parallel(photo.height) { y in
                for index in y * row..<(y + 1) * row {
                    tensor.pointer[index] = Float(source.pointer[index]) / 255
                }
            }
        }
        return tensor
    }

    /// Clamps to 0...1 and rounds half up.
    /// - Parameter image: [1, height, width, 3]
    /// - Returns: [height * width * 3]
    static func bytes(_ image: Tensor) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: image.count) { bytes, count in
            for index in 0..<image.count {
                // NaN compares false and becomes 0.
                let value = image.pointer[index]
                bytes[index] = value > 0 ? UInt8(min(value * 255 + 0.5, 255)) : 0
            }
            count = image.count
        }
    }

    private struct UncheckedPointer: @unchecked Sendable {
        let pointer: UnsafePointer<UInt8>
        init(_ pointer: UnsafePointer<UInt8>) { self.pointer = pointer }
    }
}
