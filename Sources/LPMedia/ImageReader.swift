/// Reads still photos: PNG, JPEG, WebP, BMP, TIFF and the first picture of a GIF or an animated WebP.
package enum ImageReader {
    /// Reads `path`, told by its content. The picture is turned upright by its EXIF orientation; transparency is laid
    /// over white and kept in the `alpha` plane. Embedded colour profiles are not applied.
    ///
    /// - Throws: `MediaError`: `.cannotOpen`, `.notAFile`, `.emptyFile`, `.unsupportedFormat`, `.damaged`,
    ///   `.badSize` (told by the header, before anything is decoded), `.outOfMemory`.
    package static func read(path: String) throws -> RGBImage {
        let file = try FileBytes.read(path)
        return try withExtendedLifetime(file) { try decode(file.bytes, path: path) }
    }

    /// The same for a file's bytes in memory; `path` only names them in errors.
    package static func decode(_ bytes: UnsafeBufferPointer<UInt8>, path: String = "image data") throws -> RGBImage {
        guard !bytes.isEmpty else { throw MediaError.emptyFile(path: path) }
        let view = ByteView(bytes)
        let header = try ImageHeader.read(view, path: path)
        return try decode(view, header: header, path: path).upright(orientation: header.orientation)
    }

    /// The upright size of the image at `path`, without decoding it.
    package static func size(path: String) throws -> (width: Int, height: Int) {
        let file = try FileBytes.read(path)
        let header = try withExtendedLifetime(file) { try ImageHeader.read(ByteView(file), path: path) }
        let turned = header.orientation >= 5
        return (turned ? header.height : header.width, turned ? header.width : header.height)
    }

    /// Copies pixels out of a caller's memory, see `RGBImage.fromPixels`.
    package static func fromPixels(
        _ pointer: UnsafeRawPointer?, width: Int, height: Int, stride: Int, layout: PixelLayout
    ) throws -> RGBImage {
        try RGBImage.fromPixels(pointer, width: width, height: height, stride: stride, layout: layout)
    }

    private static func decode(_ view: ByteView, header: ImageHeader, path: String) throws -> RGBImage {
        if header.format == .png, !header.isDeepInterlaced {
            return try PNGDecoder.decode(view, header: header, path: path)
        }
        if header.isAnimated {
            var animation = try WebPAnimation(view, path: path)
            guard let first = try animation.next() else {
                throw ImageHeader.damaged(.webp, path, "it holds no picture")
            }
            return first
        }
        return try StillDecoder.decode(view, header: header, path: path)
    }
}
