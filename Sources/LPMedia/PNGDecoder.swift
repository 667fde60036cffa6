import CPNG

/// Decodes a PNG file of any colour type, depth and interlacing to 8-bit sRGB, through libpng's simplified interface.
enum PNGDecoder {
    /// - Parameter header: of the same bytes; its size has been checked.
    /// - Throws: `MediaError.damaged` with libpng's own words, `.outOfMemory`.
    static func decode(_ view: ByteView, header: ImageHeader, path: String) throws -> RGBImage {
        var picture = png_image()
        clp_png_image_prepare(&picture)
        defer { png_image_free(&picture) }
        guard let base = view.bytes.baseAddress,
            png_image_begin_read_from_memory(&picture, base, header.length) != 0
        else { throw damaged(&picture, path) }
        guard picture.width == header.width, picture.height == header.height else {
            throw ImageHeader.damaged(.png, path, "its header contradicts itself")
        }
        // 16-bit files without a gamma chunk hold sRGB in practice; libpng would take them as linear light.
        picture.flags |= clp_png_flag_16bit_srgb()
        if picture.format & clp_png_format_alpha_flag() == 0 {
            let image = try RGBImage(width: header.width, height: header.height, path: path)
            picture.format = clp_png_format_rgb()
            guard png_image_finish_read(&picture, nil, image.pixels.pointer, 0, nil) != 0 else {
                throw damaged(&picture, path)
            }
            return image
        }
        picture.format = clp_png_format_rgba()
        let rows = try PixelBuffer(count: header.width * header.height * 4)
        guard png_image_finish_read(&picture, nil, rows.pointer, 0, nil) != 0 else { throw damaged(&picture, path) }
        return try withExtendedLifetime(rows) {
            try RGBImage.fromPixels(
                rows.pointer, width: header.width, height: header.height, stride: header.width * 4, layout: .rgba)
        }
    }

    static func message(_ picture: inout png_image) -> String {
        guard let text = clp_png_image_message(&picture) else { return "unknown fault" }
        return String(cString: text)
    }

    private static func damaged(_ picture: inout png_image, _ path: String) -> MediaError {
        ImageHeader.damaged(.png, path, message(&picture))
    }
}
