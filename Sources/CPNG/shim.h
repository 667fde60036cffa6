#include <png.h>
#include <string.h>

// libpng's simplified interface keeps its longjmp inside C, so no jump ever crosses a Swift frame.
static inline void clp_png_image_prepare(png_image *image) {
    memset(image, 0, sizeof *image);
    image->version = PNG_IMAGE_VERSION;
}
static inline const char *clp_png_image_message(const png_image *image) { return image->message; }
static inline int clp_png_image_failed(const png_image *image) { return PNG_IMAGE_FAILED(*image); }
static inline png_uint_32 clp_png_format_rgb(void) { return PNG_FORMAT_RGB; }
static inline png_uint_32 clp_png_format_rgba(void) { return PNG_FORMAT_RGBA; }
static inline png_uint_32 clp_png_format_alpha_flag(void) { return PNG_FORMAT_FLAG_ALPHA; }
static inline png_uint_32 clp_png_flag_16bit_srgb(void) { return PNG_IMAGE_FLAG_16BIT_sRGB; }
static inline png_uint_32 clp_png_flag_fast(void) { return PNG_IMAGE_FLAG_FAST; }
