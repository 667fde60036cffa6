/// Decodes and checks the JSON header of a safetensors file.
enum SafetensorsHeader {
    /// - Parameters:
    ///   - header: the JSON bytes, which begin at byte 8 of the file
    ///   - fileSize: bytes of the whole file
    static func entries(
        _ header: [UInt8], path: String, fileSize: Int
    ) throws -> (entries: [String: TensorEntry], metadata: [String: String]) {
        let document: JSONValue
        do {
            document = try JSONParser.parse(header, limits: .init(bytes: SafetensorsFile.headerLimit, depth: 4))
        } catch let error as JSONError {
            throw WeightError.format(
                path: path, offset: 8 + error.offset, reason: "the header is not valid JSON: \(error.reason)")
        }
        guard let members = document.object else {
            throw WeightError.format(path: path, offset: 8, reason: "the header is \(document.kind), not an object")
        }
        let dataStart = 8 + header.count
        var entries: [String: TensorEntry] = [:]
        for (name, value) in members.sorted(by: { $0.key < $1.key }) where name != "__metadata__" {
            entries[name] = try entry(name, value, path: path, dataStart: dataStart, dataSize: fileSize - dataStart)
        }
        try checkOverlap(entries, path: path)
        let metadata = members["__metadata__"]?.object ?? [:]
        return (entries, metadata.compactMapValues(\.string))
    }

    private static func entry(
        _ name: String, _ value: JSONValue, path: String, dataStart: Int, dataSize: Int
    ) throws -> TensorEntry {
        func fail(_ reason: String, at offset: Int = 8) -> WeightError {
            .tensor(path: path, tensor: String(name.prefix(200)), offset: offset, reason: reason)
        }
        guard let fields = value.object, let type = fields["dtype"]?.string, let bits = TensorEntry.bits(of: type) else {
            throw fail("has no known element type")
        }
        guard let sizes = fields["shape"]?.array, sizes.count <= 8 else { throw fail("has no valid shape") }
        var shape: [Int] = []
        var count = 1
        for size in sizes {
            guard let size = size.integer, size >= 0 else { throw fail("has no valid shape") }
            let product = count.multipliedReportingOverflow(by: size)
            guard !product.overflow else { throw fail("has a shape beyond any file") }
            shape.append(size)
            count = product.partialValue
        }
        let byteCount = count.multipliedReportingOverflow(by: bits / 8)
        guard let span = fields["data_offsets"]?.array, span.count == 2,
            let start = span[0].integer, let end = span[1].integer, start >= 0, end >= start
        else { throw fail("has no valid data offsets") }
        guard end <= dataSize else {
            throw fail("ends beyond the file, which is cut short or damaged", at: dataStart + min(start, dataSize))
        }
        guard !byteCount.overflow, end - start == byteCount.partialValue else {
            throw fail("has \(end - start) bytes, which is not its shape \(shape) in \(type)", at: dataStart + start)
        }
        return TensorEntry(
            name: name, type: type, shape: shape, offset: dataStart + start, byteCount: end - start)
    }

    private static func checkOverlap(_ entries: [String: TensorEntry], path: String) throws {
        let ordered = entries.values.filter { $0.byteCount > 0 }.sorted { $0.offset < $1.offset }
        for (first, second) in zip(ordered, ordered.dropFirst()) where second.offset < first.offset + first.byteCount {
            throw WeightError.tensor(
                path: path, tensor: second.name, offset: second.offset, reason: "overlaps tensor '\(first.name)'")
        }
    }
}
