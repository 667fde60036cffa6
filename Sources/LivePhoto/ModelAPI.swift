import CLivePhoto

// livephoto.h, section Model.

@c @implementation
public func livephoto_model_load(
    _ path: UnsafePointer<CChar>?, _ progress: livephoto_fraction_callback?, _ user_data: UnsafeMutableRawPointer?,
    _ model: UnsafeMutablePointer<OpaquePointer?>?
) -> livephoto_status {
    handOut(model) { ModelLoader.load(path, FractionListener(callback: progress, userData: user_data)) }
}

@c @implementation
public func livephoto_model_load_files(
    _ files: UnsafePointer<livephoto_model_files>?, _ progress: livephoto_fraction_callback?,
    _ user_data: UnsafeMutableRawPointer?, _ model: UnsafeMutablePointer<OpaquePointer?>?
) -> livephoto_status {
    handOut(model) { ModelLoader.load(files, FractionListener(callback: progress, userData: user_data)) }
}

@c @implementation
public func livephoto_model_convert_files(
    _ files: UnsafePointer<livephoto_model_files>?, _ folder: UnsafePointer<CChar>?, _ precision: livephoto_precision,
    _ progress: livephoto_fraction_callback?, _ user_data: UnsafeMutableRawPointer?,
    _ model: UnsafeMutablePointer<OpaquePointer?>?
) -> livephoto_status {
    handOut(model) {
        ModelLoader.convert(files, to: folder, precision, FractionListener(callback: progress, userData: user_data))
    }
}

/// Gives the host a handle, of a model or of the reason why there is none.
private func handOut(
    _ model: UnsafeMutablePointer<OpaquePointer?>?, _ load: () -> ModelBox
) -> livephoto_status {
    guard let model else { return LIVEPHOTO_ERROR_ARGUMENT }
    let box = load()
    model.pointee = HandleTable.shared.insert(box, kind: .model)
    guard model.pointee != nil else { return LIVEPHOTO_ERROR_OUT_OF_MEMORY }
    return report(on: box.messages) { try box.requireLoaded() }
}

@c @implementation
public func livephoto_file_describe(
    _ path: UnsafePointer<CChar>?, _ buffer: UnsafeMutablePointer<CChar>?, _ capacity: Int,
    _ size: UnsafeMutablePointer<Int>?
) -> livephoto_status {
    do {
        let (json, status) = FileDescription.of(try Text.path(path))
        try Text.copy(json, to: buffer, capacity: capacity, size: size)
        return status
    } catch {
        return Refusal(error).status
    }
}

@c @implementation
public func livephoto_model_free(_ model: OpaquePointer?) {
    _ = HandleTable.shared.remove(model, kind: .model, as: ModelBox.self)
}

@c @implementation
public func livephoto_model_message(_ model: OpaquePointer?) -> UnsafePointer<CChar>? {
    ModelBox.find(model)?.messages.current ?? FixedText.noHandle.pointer
}

@c @implementation
public func livephoto_model_name(_ model: OpaquePointer?) -> UnsafePointer<CChar>? {
    ModelBox.find(model)?.name.map { UnsafePointer($0) } ?? FixedText.empty.pointer
}

@c @implementation
public func livephoto_model_parameter_count(_ model: OpaquePointer?) -> UInt64 {
    guard let loaded = try? ModelBox.find(model)?.model() else { return 0 }
    return UInt64(clamping: loaded.networks.reduce(0) { $0 + $1.parameters })
}

@c @implementation
public func livephoto_model_describe(
    _ model: OpaquePointer?, _ buffer: UnsafeMutablePointer<CChar>?, _ capacity: Int, _ size: UnsafeMutablePointer<Int>?
) -> livephoto_status {
    withModel(model) { loaded, box in
        try Text.copy(ModelDescription.json(of: loaded, path: box.path), to: buffer, capacity: capacity, size: size)
    }
}

@c @implementation
public func livephoto_model_measure_file(
    _ model: OpaquePointer?, _ path: UnsafePointer<CChar>?, _ measurement: UnsafeMutablePointer<livephoto_measurement>?,
    _ curve: UnsafeMutablePointer<Double>?, _ capacity: Int, _ progress: livephoto_fraction_callback?,
    _ user_data: UnsafeMutableRawPointer?
) -> livephoto_status {
    withModel(model) { loaded, _ in
        let measurement = try required(measurement, "measurement")
        try livephoto_measurement.check(measurement)
        let listener = FractionListener(callback: progress, userData: user_data)
        let edges = loaded.configuration.intensity.edges
        let motion = try ClipMotion.measure(file: Text.path(path), edges: edges) { listener.hear($0) }
        try motion.store(in: measurement, curve: curve, capacity: capacity)
    }
}
