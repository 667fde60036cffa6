#include <errno.h>
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/display.h>
#include <libavutil/imgutils.h>
#include <libavutil/opt.h>
#include <libavutil/pixdesc.h>

// Names that are macros with casts or function-like macros in FFmpeg, which Swift cannot import.
static inline int clp_error_again(void) { return AVERROR(EAGAIN); }
static inline int clp_error_end(void) { return AVERROR_EOF; }
static inline int clp_error_memory(void) { return AVERROR(ENOMEM); }
static inline int64_t clp_no_timestamp(void) { return AV_NOPTS_VALUE; }
static inline int clp_quantizer_to_lambda(int quantizer) { return quantizer * FF_QP2LAMBDA; }
