import CFFmpeg
import Glibc

/// One FFmpeg encoder with its frame and packet.
final class VideoEncoder {
    let name: String
    /// Size of the coded frames.
    let width: Int
    let height: Int
    private(set) var context: UnsafeMutablePointer<AVCodecContext>?
    private var frame: UnsafeMutablePointer<AVFrame>?
    private var packet: UnsafeMutablePointer<AVPacket>?
    private let path: String
    private let isRGB: Bool

    /// The encoders that are tried, best first.
    static func candidates(_ format: ClipFormat) -> [String] {
        switch format {
        case .mp4: return ["libx264", "libopenh264", "mpeg4"]
        case .webm: return ["libvpx-vp9", "libvpx"]
        default: return ["libwebp_anim"]
        }
    }

    /// Opens the first of `candidates` that this FFmpeg has and that accepts the size.
    static func open(
        _ candidates: [String], format: ClipFormat, image: RGBImage, fps: FrameRate, path: String
    ) throws -> VideoEncoder {
        var reasons: [String] = []
        for name in candidates {
            guard let codec = avcodec_find_encoder_by_name(name) else {
                reasons.append("\(name) is not in this FFmpeg")
                continue
            }
            do {
                return try VideoEncoder(codec, name: name, format: format, image: image, fps: fps, path: path)
            } catch MediaError.encodingFailed(_, let reason) {
                reasons.append("\(name): \(reason)")
            }
        }
        throw MediaError.encodingFailed(path: path, reason: reasons.joined(separator: "; "))
    }

    private init(
        _ codec: UnsafePointer<AVCodec>, name: String, format: ClipFormat, image: RGBImage, fps: FrameRate, path: String
    ) throws {
        self.name = name
        self.path = path
        isRGB = format == .webp
        let needsEven = format == .mp4
        width = needsEven ? (image.width + 1) & ~1 : image.width
        height = needsEven ? (image.height + 1) & ~1 : image.height
        context = avcodec_alloc_context3(codec)
        frame = av_frame_alloc()
        packet = av_packet_alloc()
        guard let context, let frame, packet != nil else { throw MediaError.outOfMemory(bytes: 4096) }
        context.pointee.width = Int32(width)
        context.pointee.height = Int32(height)
        context.pointee.time_base = AVRational(num: fps.denominator, den: fps.numerator)
        context.pointee.framerate = AVRational(num: fps.numerator, den: fps.denominator)
        context.pointee.sample_aspect_ratio = AVRational(num: 1, den: 1)
        context.pointee.pix_fmt = isRGB ? AV_PIX_FMT_BGRA : AV_PIX_FMT_YUV420P
        context.pointee.thread_count = 1
        context.pointee.log_level_offset = FFmpegSilence.contextOffset
        context.pointee.flags |= AV_CODEC_FLAG_BITEXACT
        if format != .webp { context.pointee.flags |= AV_CODEC_FLAG_GLOBAL_HEADER }
        if !isRGB {
            context.pointee.colorspace = AVCOL_SPC_BT709
            context.pointee.color_primaries = AVCOL_PRI_BT709
            context.pointee.color_trc = AVCOL_TRC_BT709
            context.pointee.color_range = AVCOL_RANGE_MPEG
            context.pointee.chroma_sample_location = AVCHROMA_LOC_LEFT
        }
        setQuality(context, fps: fps)
        let code = avcodec_open2(context, codec, nil)
        guard code >= 0 else {
            throw MediaError.encodingFailed(path: path, reason: "\(width)x\(height): \(FFmpegSilence.reason(code))")
        }
        frame.pointee.format = context.pointee.pix_fmt.rawValue
        frame.pointee.width = context.pointee.width
        frame.pointee.height = context.pointee.height
        frame.pointee.colorspace = context.pointee.colorspace
        frame.pointee.color_primaries = context.pointee.color_primaries
        frame.pointee.color_trc = context.pointee.color_trc
        frame.pointee.color_range = context.pointee.color_range
        frame.pointee.chroma_location = context.pointee.chroma_sample_location
        guard av_frame_get_buffer(frame, 0) >= 0 else { throw MediaError.outOfMemory(bytes: width * height * 4) }
    }

    deinit {
        av_packet_free(&packet)
        av_frame_free(&frame)
        avcodec_free_context(&context)
    }

    /// Near-transparent quality: a short clip is small anyhow, and what the model made should be what is seen.
    private func setQuality(_ context: UnsafeMutablePointer<AVCodecContext>, fps: FrameRate) {
        let options = context.pointee.priv_data
        // Clips are looped and cut: no reordering, a key frame every two seconds.
        context.pointee.gop_size = Int32(max(2 * fps.value, 12))
        context.pointee.max_b_frames = 0
        switch name {
        case "libx264":
            av_opt_set(options, "preset", "medium", 0)
            av_opt_set(options, "crf", "16", 0)
            // Macroblock tree and lookahead weigh costs with reciprocal approximations, which differ between
            // processors; without them the same frames give the same bytes everywhere.
            av_opt_set(options, "x264-params", "mbtree=0:rc-lookahead=0:scenecut=0:weightp=0:sync-lookahead=0", 0)
        case "libvpx-vp9":
            context.pointee.bit_rate = 0
            av_opt_set(options, "crf", "20", 0)
            av_opt_set(options, "deadline", "good", 0)
            // A frame above a megapixel would take a second and more at 3.
            av_opt_set(options, "cpu-used", width * height > 1 << 20 ? "5" : "3", 0)
            // Each frame is coded when it comes: otherwise all of a short clip would be coded at its end, in one go that
            // shows no progress and cannot be stopped.
            av_opt_set(options, "lag-in-frames", "0", 0)
        case "libwebp_anim":
            context.pointee.flags |= AV_CODEC_FLAG_QSCALE
            context.pointee.global_quality = clp_quantizer_to_lambda(90)
            av_opt_set(options, "quality", "90", 0)
        case "mpeg4":
            context.pointee.flags |= AV_CODEC_FLAG_QSCALE
            context.pointee.global_quality = clp_quantizer_to_lambda(2)
        default:
            // Encoders that know bit rates only: 0.4 bits a pixel.
            context.pointee.bit_rate = Int64(Double(width * height) * fps.value * 0.4) + 100_000
        }
    }

    func send(_ image: RGBImage, index: Int) throws {
        guard let frame, let context else { return }
        guard av_frame_make_writable(frame) >= 0 else { throw MediaError.outOfMemory(bytes: width * height * 4) }
        frame.pointee.pts = Int64(index)
        frame.pointee.pict_type = AV_PICTURE_TYPE_NONE
        if isRGB {
            guard let data = frame.pointee.data.0 else { return }
            try image.copy(to: data, stride: Int(frame.pointee.linesize.0), layout: .bgra)
        } else {
            guard let luma = frame.pointee.data.0, let blue = frame.pointee.data.1, let red = frame.pointee.data.2
            else { return }
            LumaSubsampler.convert(
                image, width: width, height: height, luma: luma, lumaStride: Int(frame.pointee.linesize.0),
                blue: blue, red: red, chromaStride: Int(frame.pointee.linesize.1))
        }
        try check(avcodec_send_frame(context, frame))
    }

    func sendEnd() throws { try check(avcodec_send_frame(context, nil)) }

    /// Hands every packet that is ready to `body`.
    func receive(_ body: (UnsafeMutablePointer<AVPacket>) throws -> Void) throws {
        guard let packet else { return }
        while true {
            let code = avcodec_receive_packet(context, packet)
            if code == clp_error_again() || code == clp_error_end() { return }
            try check(code)
            defer { av_packet_unref(packet) }
            try body(packet)
        }
    }

    private func check(_ code: Int32) throws {
        if code == clp_error_memory() { throw MediaError.outOfMemory(bytes: width * height * 4) }
        guard code >= 0 else {
            throw MediaError.encodingFailed(path: path, reason: "\(name): \(FFmpegSilence.reason(code))")
        }
    }
}
