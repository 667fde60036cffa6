/// A C string that lives as long as the library.
struct FixedText: @unchecked Sendable {
    let pointer: UnsafePointer<CChar>

    init(_ text: StaticString) {
        pointer = UnsafeRawPointer(text.utf8Start).assumingMemoryBound(to: CChar.self)
    }

    static let ok = FixedText("ok")
    static let empty = FixedText("")
    static let noHandle = FixedText("the handle is NULL, was freed, or is no livephoto handle of this kind")
}
