/// The kinds of clip that are written, told by the ending of the path.
package enum ClipFormat: Sendable, Equatable {
    /// H.264 in MP4, 4:2:0, BT.709.
    case mp4
    /// VP9 in WebM.
    case webm
    case gif
    /// Animated WebP.
    case webp
    /// PNG, animated where there is more than one frame.
    case png
    /// A folder of frame_0000.png, frame_0001.png, ...
    case folder

    /// - Throws: `MediaError.unsupportedFormat` for any other ending.
    package init(path: String) throws {
        guard !path.isEmpty else { throw MediaError.invalidArgument("the output path is empty") }
        if path.hasSuffix("/") {
            self = .folder
            return
        }
        let name = path.split(separator: "/").last ?? ""
        let ending = name.contains(".") ? name.split(separator: ".").last?.lowercased() ?? "" : ""
        switch ending {
        case "mp4", "m4v", "mov": self = .mp4
        case "webm": self = .webm
        case "gif": self = .gif
        case "webp": self = .webp
        case "png", "apng": self = .png
        default:
            let found = ending.isEmpty ? "it has no ending" : "the ending '.\(ending)' is not known"
            throw MediaError.unsupportedFormat(
                path: path, reason: "\(found), expected .mp4, .webm, .gif, .webp, .png or a folder ending with '/'")
        }
    }
}
