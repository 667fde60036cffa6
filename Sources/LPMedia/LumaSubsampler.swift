/// RGB to planar YCbCr 4:2:0, BT.709, limited range, in 16-bit fixed point: the same bytes on every machine.
///
/// Chroma lies on the left luma column of each pair (the MPEG-2 and H.264 default): columns are weighted 1-2-1, rows
/// averaged. Beyond an odd side the last column or row is repeated.
/// Source: ITU-R BT.709-6, sections 3 and 4.
enum LumaSubsampler {
    /// - Parameters:
    ///   - width, height: the image's size, or one more where the encoder wants even sides.
    ///   - luma, blue, red: planes [height, lumaStride], [ceil(height / 2), chromaStride] twice.
    static func convert(
        _ image: RGBImage, width: Int, height: Int,
        luma: UnsafeMutablePointer<UInt8>, lumaStride: Int,
        blue: UnsafeMutablePointer<UInt8>, red: UnsafeMutablePointer<UInt8>, chromaStride: Int
    ) {
        let source = image.pixels.pointer
        let lastColumn = image.width - 1
        for y in 0..<height {
            let row = source + min(y, image.height - 1) * image.width * 3
            let out = luma + y * lumaStride
            for x in 0..<width {
                let pixel = row + min(x, lastColumn) * 3
                // 219/255 * (0.2126, 0.7152, 0.0722) * 65536; the sum is that of 219/255 exactly, so white is 235.
                let sum = 11966 * Int(pixel[0]) + 40254 * Int(pixel[1]) + 4064 * Int(pixel[2])
                out[x] = UInt8(truncatingIfNeeded: 16 + ((sum + 32768) >> 16))
            }
        }
        for y in 0..<(height + 1) / 2 {
            let upper = source + min(2 * y, image.height - 1) * image.width * 3
            let lower = source + min(2 * y + 1, image.height - 1) * image.width * 3
            for x in 0..<(width + 1) / 2 {
                let left = min(max(2 * x - 1, 0), lastColumn) * 3
                let middle = min(2 * x, lastColumn) * 3
                let right = min(2 * x + 1, lastColumn) * 3
                var sums = (0, 0, 0)  // 8 times the mean colour
                sums.0 = weighted(upper, lower, left, middle, right)
                sums.1 = weighted(upper, lower, left + 1, middle + 1, right + 1)
                sums.2 = weighted(upper, lower, left + 2, middle + 2, right + 2)
                // 224/255 * 65536 * (colour - luma) / 1.8556 or 1.5748; each row sums to 0, so grey is 128.
                let cb = -6596 * sums.0 - 22189 * sums.1 + 28785 * sums.2
                let cr = 28785 * sums.0 - 26145 * sums.1 - 2640 * sums.2
                blue[y * chromaStride + x] = chroma(cb)
                red[y * chromaStride + x] = chroma(cr)
            }
        }
    }

    @inline(__always)
    private static func weighted(
        _ upper: UnsafeMutablePointer<UInt8>, _ lower: UnsafeMutablePointer<UInt8>, _ left: Int, _ middle: Int,
        _ right: Int
    ) -> Int {
        Int(upper[left]) + 2 * Int(upper[middle]) + Int(upper[right])
            + Int(lower[left]) + 2 * Int(lower[middle]) + Int(lower[right])
    }

    @inline(__always)
    private static func chroma(_ sum: Int) -> UInt8 {
        UInt8(truncatingIfNeeded: min(max(128 + ((sum + (1 << 18)) >> 19), 16), 240))
    }
}
