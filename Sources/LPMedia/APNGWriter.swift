enum APNGWriter {
    static func write(_ clip: ClipSource, to hiddenPath: String) throws {}
}
