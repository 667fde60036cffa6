import CLivePhoto

/// Why an entry point refuses: the status for the host and one sentence for its user. The only error type of the skin.
struct Refusal: Error {
    let status: livephoto_status
    let message: String

    static func argument(_ message: String) -> Refusal { Refusal(status: LIVEPHOTO_ERROR_ARGUMENT, message: message) }
    static func state(_ message: String) -> Refusal { Refusal(status: LIVEPHOTO_ERROR_STATE, message: message) }
    static let cancelled = Refusal(status: LIVEPHOTO_ERROR_CANCELLED, message: "cancelled")
    static let outOfMemory = Refusal(status: LIVEPHOTO_ERROR_OUT_OF_MEMORY, message: "out of memory")

    /// A pointer argument that must not be NULL.
    static func null(_ name: String) -> Refusal { .argument("'\(name)' is NULL") }
}
