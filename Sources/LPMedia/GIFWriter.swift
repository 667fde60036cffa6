enum GIFWriter {
    static func write(_ clip: ClipSource, to hiddenPath: String, report: inout ClipReport) throws {}
}
