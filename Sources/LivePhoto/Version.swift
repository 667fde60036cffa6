import CLivePhoto

/// The library's version, from the macros of the header it was built with.
enum Version {
    static let text = LIVEPHOTO_VERSION_STRING
    static let number = UInt32(
        LIVEPHOTO_VERSION_MAJOR * 10000 + LIVEPHOTO_VERSION_MINOR * 100 + LIVEPHOTO_VERSION_PATCH)
    static let binaryInterface = UInt32(LIVEPHOTO_ABI_VERSION)
}
