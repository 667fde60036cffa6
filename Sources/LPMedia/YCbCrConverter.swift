import CFFmpeg

/// YCbCr of any depth and subsampling to 8-bit RGB, with the frame's own matrix, range and chroma position. Chroma is
/// interpolated linearly ("fancy upsampling" in libjpeg's words).
/// Source: ITU-R BT.601-7, BT.709-6, BT.2020-2; JFIF 1.02 for full range.
struct YCbCrConverter {
    private let lines: FrameLines
    private let matrix: Matrix
    private let shiftX: Int
    private let shiftY: Int
    /// Chroma samples lie between the luma samples of their block (true) or on the first of them.
    private let isCentredX: Bool
    private let isCentredY: Bool

    /// R = scale * (Y - black) + red * Cr and so on, with Cb and Cr counted from their middle.
    private struct Matrix {
        let black: Float
        let middle: Float
        let scale: Float
        let red: Float
        let greenFromBlue: Float
        let greenFromRed: Float
        let blue: Float
    }

    init(_ frame: UnsafeMutablePointer<AVFrame>, _ lines: FrameLines, source: FrameConverter.Source) {
        self.lines = lines
        let format = AVPixelFormat(frame.pointee.format)
        let description = av_pix_fmt_desc_get(format)
        shiftX = Int(description?.pointee.log2_chroma_w ?? 0)
        shiftY = Int(description?.pointee.log2_chroma_h ?? 0)
        let location = frame.pointee.chroma_location
        isCentredX = source.isJPEG || location == AVCHROMA_LOC_CENTER || location == AVCHROMA_LOC_TOP
        isCentredY = location != AVCHROMA_LOC_TOPLEFT && location != AVCHROMA_LOC_TOP
        let isJPEGFormat = [
            AV_PIX_FMT_YUVJ420P, AV_PIX_FMT_YUVJ422P, AV_PIX_FMT_YUVJ444P, AV_PIX_FMT_YUVJ440P, AV_PIX_FMT_YUVJ411P,
        ].contains(format)
        let isFull = source.isJPEG || isJPEGFormat || frame.pointee.color_range == AVCOL_RANGE_JPEG
        matrix = Self.matrix(Self.weights(frame, source: source), depth: lines.depth(0), isFull: isFull)
    }

    /// Luma weights of red and blue.
    private static func weights(
        _ frame: UnsafeMutablePointer<AVFrame>, source: FrameConverter.Source
    ) -> (Double, Double) {
        let television = (0.299, 0.114)
        let highDefinition = (0.2126, 0.0722)
        if source.isStill { return television }
        switch frame.pointee.colorspace {
        case AVCOL_SPC_BT709: return highDefinition
        case AVCOL_SPC_BT470BG, AVCOL_SPC_SMPTE170M: return television
        case AVCOL_SPC_FCC: return (0.30, 0.11)
        case AVCOL_SPC_SMPTE240M: return (0.212, 0.087)
        case AVCOL_SPC_BT2020_NCL, AVCOL_SPC_BT2020_CL: return (0.2627, 0.0593)
        default: return frame.pointee.height >= 720 ? highDefinition : television
        }
    }

    private static func matrix(_ weights: (red: Double, blue: Double), depth: Int, isFull: Bool) -> Matrix {
        let unit = Double(1 << (depth - 8))
        let largest = Double((1 << depth) - 1)
        let lumaScale = isFull ? 255 / largest : 255 / (219 * unit)
        let chromaScale = isFull ? 255 / largest : 255 / (224 * unit)
        let green = 1 - weights.red - weights.blue
        let fromRed = 2 * (1 - weights.red)
        let fromBlue = 2 * (1 - weights.blue)
        return Matrix(
            black: isFull ? 0 : Float(16 * unit), middle: Float(128 * unit), scale: Float(lumaScale),
            red: Float(fromRed * chromaScale),
            greenFromBlue: Float(-fromBlue * weights.blue / green * chromaScale),
            greenFromRed: Float(-fromRed * weights.red / green * chromaScale),
            blue: Float(fromBlue * chromaScale))
    }

    /// Where a luma sample lies between two chroma samples.
    private struct Between {
        let first: Int
        let second: Int
        let weight: Float  // of the second
    }

    private static func position(_ index: Int, shift: Int, isCentred: Bool, count: Int) -> Between {
        let step = Float(1 << shift)
        let place = isCentred ? (Float(index) + 0.5) / step - 0.5 : Float(index) / step
        let low = place.rounded(.down)
        let first = Int(low)
        return Between(
            first: min(max(first, 0), count - 1), second: min(max(first + 1, 0), count - 1), weight: place - low)
    }

    func run(into image: RGBImage) throws {
        let width = image.width
        let chromaWidth = (width + (1 << shiftX) - 1) >> shiftX
        let chromaHeight = (image.height + (1 << shiftY) - 1) >> shiftY
        let luma = try PixelBuffer(count: width * 2)
        let raw = try PixelBuffer(count: chromaWidth * 2)
        // Two chroma lines of each kind, by the parity of their number.
        let chroma = try PixelBuffer(count: 4 * chromaWidth * MemoryLayout<Float>.stride)
        let columns = (0..<width).map {
            Self.position($0, shift: shiftX, isCentred: isCentredX, count: chromaWidth)
        }
        luma.withElements(of: UInt16.self) { luma in
            raw.withElements(of: UInt16.self) { raw in
                chroma.withElements(of: Float.self) { chroma in
                    var held = [-1, -1]
                    for y in 0..<image.height {
                        let row = Self.position(y, shift: shiftY, isCentred: isCentredY, count: chromaHeight)
                        for line in [row.first, row.second] where held[line & 1] != line {
                            readChroma(line, width: chromaWidth, raw: raw, into: chroma)
                            held[line & 1] = line
                        }
                        lines.read(0, line: y, count: width, into: luma)
                        let upper = chroma + (row.first & 1) * 2 * chromaWidth
                        let lower = chroma + (row.second & 1) * 2 * chromaWidth
                        convert(
                            luma, upper, lower, weight: row.weight, columns: columns, chromaWidth: chromaWidth,
                            into: image.pixels.pointer + y * width * 3)
                    }
                }
            }
        }
    }

    /// Line `line` of Cb and of Cr, counted from the middle, to the slot of its parity.
    private func readChroma(
        _ line: Int, width: Int, raw: UnsafeMutablePointer<UInt16>, into chroma: UnsafeMutablePointer<Float>
    ) {
        for component in 1...2 {
            lines.read(component, line: line, count: width, into: raw)
            let out = chroma + ((line & 1) * 2 + component - 1) * width
            for x in 0..<width { out[x] = Float(raw[x]) - matrix.middle }
        }
    }

    private func convert(
        _ luma: UnsafePointer<UInt16>, _ upper: UnsafePointer<Float>, _ lower: UnsafePointer<Float>, weight: Float,
        columns: [Between], chromaWidth: Int, into out: UnsafeMutablePointer<UInt8>
    ) {
        let matrix = matrix
        columns.withUnsafeBufferPointer { columns in
            for x in 0..<columns.count {
                let place = columns[x]
                let cb = Self.mix(upper, lower, weight, place)
                let cr = Self.mix(upper + chromaWidth, lower + chromaWidth, weight, place)
                let grey = matrix.scale * (Float(luma[x]) - matrix.black) + 0.5
                out[x * 3] = Self.narrow(grey + matrix.red * cr)
                out[x * 3 + 1] = Self.narrow(grey + matrix.greenFromBlue * cb + matrix.greenFromRed * cr)
                out[x * 3 + 2] = Self.narrow(grey + matrix.blue * cb)
            }
        }
    }

    @inline(__always)
    private static func mix(
        _ upper: UnsafePointer<Float>, _ lower: UnsafePointer<Float>, _ weight: Float, _ place: Between
    ) -> Float {
        let first = upper[place.first] + weight * (lower[place.first] - upper[place.first])
        let second = upper[place.second] + weight * (lower[place.second] - upper[place.second])
        return first + place.weight * (second - first)
    }

    @inline(__always)
    private static func narrow(_ value: Float) -> UInt8 { UInt8(truncatingIfNeeded: Int(min(max(value, 0), 255))) }
}
