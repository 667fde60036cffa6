import CFFmpeg
import Glibc

/// An opened file and the decoder of its best video stream.
final class VideoStream {
    private(set) var information = VideoReader.Information(width: 0, height: 0, fps: nil)
    private var file: UnsafeMutablePointer<AVFormatContext>?
    private var decoder: UnsafeMutablePointer<AVCodecContext>?
    private var packet: UnsafeMutablePointer<AVPacket>?
    private var frame: UnsafeMutablePointer<AVFrame>?
    private let path: String
    private var index: Int32 = -1
    private var orientation = 1
    private var isDraining = false

    /// Containers that hold everything in one file. Playlists and scripts, which name further files or addresses, are
    /// kept out.
    private static let containers =
        "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,gif,apng,mpegts,mpeg,mpegvideo,ogg,flv,asf,ivf,h264,hevc,m4v,"
        + "yuv4mpegpipe,nut,mxf"

    init(path: String) throws {
        self.path = path
        _ = try FileBytes.regularFileSize(path)
        var options: OpaquePointer?
        defer { av_dict_free(&options) }
        av_dict_set(&options, "format_whitelist", Self.containers, 0)
        av_dict_set(&options, "protocol_whitelist", "file", 0)
        var code = avformat_open_input(&file, "file:" + path, nil, &options)
        guard code >= 0, let file else {
            if code == -EACCES || code == -ENOENT {
                throw MediaError.cannotOpen(path: path, reason: FFmpegSilence.reason(code))
            }
            throw MediaError.unsupportedFormat(
                path: path, reason: "not a video or image that can be read (\(FFmpegSilence.reason(code)))")
        }
        code = avformat_find_stream_info(file, nil)
        var codec: UnsafePointer<AVCodec>?
        index = av_find_best_stream(file, AVMEDIA_TYPE_VIDEO, -1, -1, &codec, 0)
        guard code >= 0, index >= 0, let codec, let stream = file.pointee.streams[Int(index)],
            let parameters = stream.pointee.codecpar
        else {
            throw MediaError.unsupportedFormat(path: path, reason: "it holds no video that can be decoded")
        }
        orientation = Self.orientation(stream)
        let turned = orientation >= 5
        let width = Int(parameters.pointee.width)
        let height = Int(parameters.pointee.height)
        try RGBImage.checkSize(width: width, height: height, path: path)
        information = VideoReader.Information(
            width: turned ? height : width, height: turned ? width : height, fps: Self.rate(stream))
        decoder = avcodec_alloc_context3(codec)
        packet = av_packet_alloc()
        frame = av_frame_alloc()
        guard let decoder, packet != nil, frame != nil else { throw MediaError.outOfMemory(bytes: 4096) }
        decoder.pointee.thread_count = 1
        decoder.pointee.log_level_offset = FFmpegSilence.contextOffset
        decoder.pointee.max_pixels = Int64(RGBImage.mostPixels)
        code = avcodec_parameters_to_context(decoder, parameters)
        if code >= 0 { code = avcodec_open2(decoder, codec, nil) }
        guard code >= 0 else {
            throw MediaError.unsupportedFormat(path: path, reason: FFmpegSilence.reason(code))
        }
    }

    deinit {
        av_frame_free(&frame)
        av_packet_free(&packet)
        avcodec_free_context(&decoder)
        avformat_close_input(&file)
    }

    /// The next frame that decodes, or nil at the end. Broken packets are skipped, as players do.
    func next() throws -> RGBImage? {
        guard let frame, let packet, let decoder else { return nil }
        while true {
            let code = avcodec_receive_frame(decoder, frame)
            if code >= 0 {
                defer { av_frame_unref(frame) }
                let source = FrameConverter.Source(
                    isStill: false, isJPEG: decoder.pointee.codec_id == AV_CODEC_ID_MJPEG)
                let image = try FrameConverter.image(frame, source: source, path: path)
                return try image.upright(orientation: orientation)
            }
            if isDraining { return nil }
            try feed(packet, decoder)
        }
    }

    private func feed(
        _ packet: UnsafeMutablePointer<AVPacket>, _ decoder: UnsafeMutablePointer<AVCodecContext>
    ) throws {
        while true {
            guard av_read_frame(file, packet) >= 0 else {
                isDraining = true
                avcodec_send_packet(decoder, nil)
                return
            }
            defer { av_packet_unref(packet) }
            guard packet.pointee.stream_index == index else { continue }
            if avcodec_send_packet(decoder, packet) == clp_error_memory() {
                throw MediaError.outOfMemory(bytes: Int(packet.pointee.size))
            }
            return
        }
    }

    private static func rate(_ stream: UnsafeMutablePointer<AVStream>) -> Double? {
        for rate in [stream.pointee.avg_frame_rate, stream.pointee.r_frame_rate] where rate.num > 0 && rate.den > 0 {
            return Double(rate.num) / Double(rate.den)
        }
        return nil
    }

    /// The EXIF orientation that stands for the stream's display matrix; quarter turns only.
    private static func orientation(_ stream: UnsafeMutablePointer<AVStream>) -> Int {
        var size = 0
        guard let data = av_stream_get_side_data(stream, AV_PKT_DATA_DISPLAYMATRIX, &size), size >= 36 else { return 1 }
        var matrix = [Int32](repeating: 0, count: 9)
        memcpy(&matrix, data, 36)
        let angle = av_display_rotation_get(matrix)
        guard angle.isFinite else { return 1 }
        // FFmpeg counts the angle counter-clockwise.
        switch Int((angle / 90).rounded()) & 3 {
        case 1: return 8
        case 2: return 3
        case 3: return 6
        default: return 1
        }
    }
}
