import Glibc

/// Plays the frames of an animated WebP file onto its canvas, which starts transparent. The file's bytes must outlive
/// it.
struct WebPAnimation {
    private let container: WebPContainer
    private let path: String
    private let colours: PixelBuffer  // [H, W, 4], straight alpha
    private var position = 0

    init(_ view: ByteView, path: String) throws {
        container = try WebPContainer(view, path: path)
        self.path = path
        try RGBImage.checkSize(width: container.header.width, height: container.header.height, path: path)
        colours = try PixelBuffer(count: container.header.width * container.header.height * 4, zeroed: true)
    }

    var frameCount: Int { container.frames.count }

    var totalMilliseconds: Int { container.frames.reduce(0) { $0 + $1.milliseconds } }

    /// The next frame as it is shown, or nil after the last.
    mutating func next() throws -> RGBImage? {
        guard position < container.frames.count else { return nil }
        if position > 0, container.frames[position - 1].clears { clear(container.frames[position - 1]) }
        let frame = container.frames[position]
        position += 1
        let canvas = container.header
        guard frame.x + frame.width <= canvas.width, frame.y + frame.height <= canvas.height else {
            throw ImageHeader.damaged(.webp, path, "a frame reaches beyond the canvas")
        }
        let still = try WebPContainer.still(frame)
        let header = ImageHeader(format: .webp, width: frame.width, height: frame.height, length: still.count)
        let picture = try withExtendedLifetime(still) {
            try StillDecoder.decode(ByteView(still), header: header, path: path)
        }
        guard picture.width == frame.width, picture.height == frame.height else {
            throw ImageHeader.damaged(.webp, path, "a frame's picture has another size than announced")
        }
        try draw(picture, frame)
        return try RGBImage.fromPixels(
            colours.pointer, width: canvas.width, height: canvas.height, stride: canvas.width * 4, layout: .rgba)
    }

    private func draw(_ picture: RGBImage, _ frame: WebPContainer.Frame) throws {
        let own = try PixelBuffer(count: frame.width * frame.height * 4)
        try picture.copy(to: own.pointer, stride: frame.width * 4, layout: .rgba)
        defer { withExtendedLifetime(own) {} }
        for y in 0..<frame.height {
            let source = own.pointer + y * frame.width * 4
            let target = colours.pointer + ((frame.y + y) * container.header.width + frame.x) * 4
            if !frame.blends || picture.alpha == nil {
                memcpy(target, source, frame.width * 4)
                continue
            }
            for x in 0..<frame.width { Self.blend(source + x * 4, over: target + x * 4) }
        }
    }

    private static func blend(_ source: UnsafePointer<UInt8>, over target: UnsafeMutablePointer<UInt8>) {
        let above = Int(source[3])
        let below = Int(target[3]) * (255 - above) / 255
        let sum = above + below
        guard sum > 0 else { return }
        for channel in 0..<3 {
            let value = (Int(source[channel]) * above + Int(target[channel]) * below + sum / 2) / sum
            target[channel] = UInt8(truncatingIfNeeded: min(value, 255))
        }
        target[3] = UInt8(truncatingIfNeeded: min(sum, 255))
    }

    private func clear(_ frame: WebPContainer.Frame) {
        for y in 0..<frame.height {
            memset(colours.pointer + ((frame.y + y) * container.header.width + frame.x) * 4, 0, frame.width * 4)
        }
    }
}
