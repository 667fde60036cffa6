import CFFmpeg
import Glibc

/// One FFmpeg muxer and the file it writes.
final class VideoFile {
    private var context: UnsafeMutablePointer<AVFormatContext>?
    private let hiddenPath: String
    private let path: String
    private let format: ClipFormat

    init(_ encoder: VideoEncoder, format: ClipFormat, comment: String?, to hiddenPath: String, path: String) throws {
        self.hiddenPath = hiddenPath
        self.path = path
        self.format = format
        let muxer: String
        switch format {
        case .mp4: muxer = path.lowercased().hasSuffix(".mov") ? "mov" : "mp4"
        case .webm: muxer = "webm"
        default: muxer = "webp"
        }
        // "file:" keeps FFmpeg from reading a protocol into the name.
        let url = "file:" + hiddenPath
        guard avformat_alloc_output_context2(&context, nil, muxer, url) >= 0, let context else {
            throw MediaError.encodingFailed(path: path, reason: "FFmpeg cannot write \(muxer) files")
        }
        // The muxer sets its own bit-exact identifiers and dates.
        context.pointee.flags |= AVFMT_FLAG_BITEXACT
        if let comment, !comment.isEmpty { av_dict_set(&context.pointee.metadata, "comment", comment, 0) }
        guard let stream = avformat_new_stream(context, nil), let codec = encoder.context else {
            throw MediaError.outOfMemory(bytes: 4096)
        }
        stream.pointee.time_base = codec.pointee.time_base
        stream.pointee.avg_frame_rate = codec.pointee.framerate
        stream.pointee.sample_aspect_ratio = codec.pointee.sample_aspect_ratio
        try check(avcodec_parameters_from_context(stream.pointee.codecpar, codec))
        // Created here, so that a name that exists is never followed or reused.
        try FileSink(creating: hiddenPath, path: path).finish()
        try check(avio_open(&context.pointee.pb, url, AVIO_FLAG_WRITE))
    }

    deinit {
        guard let context else { return }
        avio_closep(&context.pointee.pb)
        avformat_free_context(context)
    }

    func start(_ encoder: VideoEncoder) throws {
        var options: OpaquePointer?
        defer { av_dict_free(&options) }
        switch format {
        case .mp4: av_dict_set(&options, "movflags", "+faststart", 0)
        case .webp: av_dict_set(&options, "loop", "0", 0)
        default: break
        }
        try check(avformat_write_header(context, &options))
    }

    func write(_ packet: UnsafeMutablePointer<AVPacket>, _ encoder: VideoEncoder) throws {
        guard let context, let codec = encoder.context, let stream = context.pointee.streams[0] else { return }
        if packet.pointee.duration == 0 { packet.pointee.duration = 1 }
        av_packet_rescale_ts(packet, codec.pointee.time_base, stream.pointee.time_base)
        packet.pointee.stream_index = 0
        try check(av_interleaved_write_frame(context, packet))
    }

    /// Ends the file and waits until it is on the disk.
    func finish() throws {
        guard let context else { return }
        try check(av_write_trailer(context))
        avio_flush(context.pointee.pb)
        let failure = context.pointee.pb?.pointee.error ?? 0
        try check(failure)
        try check(avio_closep(&context.pointee.pb))
        let file = open(hiddenPath, O_WRONLY | O_CLOEXEC)
        guard file >= 0 else { throw MediaError.cannotWrite(path: path, reason: MediaError.reason(errno)) }
        defer { close(file) }
        guard fsync(file) == 0 || errno == EINVAL || errno == ENOSYS else {
            throw MediaError.cannotWrite(path: path, reason: MediaError.reason(errno))
        }
    }

    private func check(_ code: Int32) throws {
        guard code < 0 else { return }
        throw MediaError.cannotWrite(path: path, reason: FFmpegSilence.reason(code))
    }
}
