import CLPKernels

extension Parameter {
    /// The values in another precision, rounded to nearest, ties to even; itself if it has that precision already.
    ///
    /// A value beyond the range of half precision becomes infinite.
    package func converted(to precision: Precision) throws -> Parameter {
        if self.precision == precision { return self }
        let floats = try readable()
        if precision == .float32 { return Parameter(floats) }
        let storage = try TensorStorage(count: (floats.count + 1) / 2)
        switch precision {
        case .float16: clp_narrow_half(floats.pointer, storage.pointer, floats.count)
        default: clp_narrow_bfloat(floats.pointer, storage.pointer, floats.count)
        }
        return try Parameter(
            shape: shape, precision: precision, pointer: UnsafeRawPointer(storage.pointer), owner: storage)
    }
}
