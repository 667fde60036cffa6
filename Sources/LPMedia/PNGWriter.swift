import CPNG
import Glibc

/// Writes single pictures as PNG: previews, contact sheets, the frames of a numbered folder.
package enum PNGWriter {
    /// Writes `image` to `path`, whole or not at all. The alpha plane is written where there is one.
    ///
    /// - Parameter comment: kept as text under the keyword "Comment".
    /// - Throws: `MediaError.cannotWrite`, `.encodingFailed`, `.outOfMemory`.
    package static func write(_ image: RGBImage, to path: String, comment: String? = nil) throws {
        let output = try PendingOutput(path: path)
        try write(image, hiddenPath: output.hiddenPath, path: path, comment: comment)
        try output.commit()
    }

    static func write(_ image: RGBImage, hiddenPath: String, path: String, comment: String?) throws {
        let file = try encode(image, withAlpha: image.alpha != nil, path: path)
        let sink = try FileSink(creating: hiddenPath, path: path)
        try withExtendedLifetime(file.buffer) {
            let view = ByteView(file.bytes)
            // Signature and IHDR are 33 bytes; text may follow at once.
            guard let head = view.slice(0, 33), let rest = view.slice(33, file.count - 33) else {
                throw MediaError.encodingFailed(path: path, reason: "libpng wrote no header")
            }
            try sink.write(head.bytes)
            if let comment, !comment.isEmpty { try sink.write(PNGChunk.text(comment)) }
            try sink.write(rest.bytes)
        }
        try sink.finish()
    }

    /// A PNG file in memory; 8-bit RGB, or RGBA where asked.
    struct Encoded {
        let buffer: PixelBuffer
        let count: Int
        var bytes: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: buffer.pointer, count: count) }
    }

    static func encode(_ image: RGBImage, withAlpha: Bool, path: String) throws -> Encoded {
        var source = image.pixels
        if withAlpha {
            source = try PixelBuffer(count: image.width * image.height * 4)
            try image.copy(to: source.pointer, stride: image.width * 4, layout: .rgba)
        }
        var picture = png_image()
        clp_png_image_prepare(&picture)
        defer { png_image_free(&picture) }
        picture.width = UInt32(image.width)
        picture.height = UInt32(image.height)
        picture.format = withAlpha ? clp_png_format_rgba() : clp_png_format_rgb()
        // Deflate may add 5 bytes per 16 KiB block to data it cannot shrink; each row has a filter byte.
        let raw = source.count + image.height
        let room = raw + raw / 1000 + 4096
        let buffer = try PixelBuffer(count: room)
        var count = room
        let written = withExtendedLifetime(source) {
            png_image_write_to_memory(&picture, buffer.pointer, &count, 0, source.pointer, 0, nil)
        }
        guard written != 0 else {
            throw MediaError.encodingFailed(path: path, reason: PNGDecoder.message(&picture))
        }
        return Encoded(buffer: buffer, count: count)
    }
}
