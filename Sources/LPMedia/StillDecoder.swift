import CFFmpeg
import Glibc

/// Decodes one picture (JPEG, WebP, BMP, TIFF, GIF, some PNG) with the codec alone, from memory: no demuxer guesses
/// the format.
enum StillDecoder {
    /// - Throws: `MediaError.damaged`, `.unsupportedFormat` (FFmpeg built without the codec), `.outOfMemory`.
    static func decode(_ view: ByteView, header: ImageHeader, path: String) throws -> RGBImage {
        guard let picture = view.slice(0, header.length) else {
            throw ImageHeader.damaged(header.format, path, "it is truncated")
        }
        return try FFmpegSilence.during {
            let session = try CodecSession(header, path: path)
            try session.send(picture)
            let frame = try session.receive(format: header.format)
            let source = FrameConverter.Source(
                isStill: true, isJPEG: header.format == .jpeg, ignoresAlpha: header.ignoresAlpha)
            return try FrameConverter.image(frame, source: source, path: path)
        }
    }

    fileprivate static func codec(_ format: ImageHeader.Format) -> AVCodecID {
        switch format {
        case .png: return AV_CODEC_ID_PNG
        case .jpeg: return AV_CODEC_ID_MJPEG
        case .webp: return AV_CODEC_ID_WEBP
        case .bmp: return AV_CODEC_ID_BMP
        case .tiff: return AV_CODEC_ID_TIFF
        case .gif: return AV_CODEC_ID_GIF
        }
    }

    /// One decoder with its packet and frame, freed together.
    private final class CodecSession {
        private var context: UnsafeMutablePointer<AVCodecContext>?
        private var packet: UnsafeMutablePointer<AVPacket>?
        private var frame: UnsafeMutablePointer<AVFrame>?
        private let path: String

        init(_ header: ImageHeader, path: String) throws {
            self.path = path
            guard let codec = avcodec_find_decoder(StillDecoder.codec(header.format)) else {
                throw MediaError.unsupportedFormat(path: path, reason: "the system's FFmpeg has no decoder for it")
            }
            context = avcodec_alloc_context3(codec)
            packet = av_packet_alloc()
            frame = av_frame_alloc()
            guard let context, packet != nil, frame != nil else { throw MediaError.outOfMemory(bytes: 4096) }
            context.pointee.thread_count = 1
            context.pointee.log_level_offset = FFmpegSilence.contextOffset
            context.pointee.err_recognition = AV_EF_CRCCHECK | AV_EF_BITSTREAM | AV_EF_BUFFER
            // The TIFF decoder would also refuse every tag that it does not know.
            if header.format != .tiff { context.pointee.err_recognition |= AV_EF_EXPLODE }
            // The decoder reads the size again; it may not find a larger one than the header told. Block padding is
            // allowed for.
            context.pointee.max_pixels = Int64((header.width + 64) * (header.height + 64))
            let code = avcodec_open2(context, codec, nil)
            guard code >= 0 else {
                throw MediaError.unsupportedFormat(path: path, reason: FFmpegSilence.reason(code))
            }
        }

        deinit {
            av_frame_free(&frame)
            av_packet_free(&packet)
            avcodec_free_context(&context)
        }

        func send(_ view: ByteView) throws {
            guard let packet, let length = Int32(exactly: view.count), let base = view.bytes.baseAddress,
                av_new_packet(packet, length) >= 0, let data = packet.pointee.data
            else { throw MediaError.outOfMemory(bytes: view.count) }
            memcpy(data, base, view.count)
            packet.pointee.flags |= AV_PKT_FLAG_KEY
        }

        func receive(format: ImageHeader.Format) throws -> UnsafeMutablePointer<AVFrame> {
            guard let context, let packet, let frame else { throw MediaError.outOfMemory(bytes: 4096) }
            var code = avcodec_send_packet(context, packet)
            if code >= 0 { code = avcodec_receive_frame(context, frame) }
            if code == clp_error_again() {
                avcodec_send_packet(context, nil)
                code = avcodec_receive_frame(context, frame)
            }
            if code == clp_error_memory() { throw MediaError.outOfMemory(bytes: Int(context.pointee.max_pixels) * 4) }
            guard code >= 0 else {
                let reason = code == clp_error_end() ? "it holds no complete picture" : FFmpegSilence.reason(code)
                throw ImageHeader.damaged(format, path, reason)
            }
            guard frame.pointee.decode_error_flags == 0, frame.pointee.flags & AV_FRAME_FLAG_CORRUPT == 0 else {
                throw ImageHeader.damaged(format, path, "its picture data is broken")
            }
            return frame
        }
    }
}
