#include <string.h>
#include "clp_kernels.h"

void clp_copy_rows(const float *src, clp_size src_stride, float *dst, clp_size dst_stride, clp_size rows, clp_size length) {
    for (clp_size r = 0; r < rows; ++r) memcpy(dst + r * dst_stride, src + r * src_stride, (size_t)length * sizeof(float));
}

void clp_pixel_shuffle(const float *x, float *y, clp_size first, clp_size last, clp_size width, clp_size channels,
                       clp_size factor) {
    clp_size area = factor * factor, kept = channels / area;
    for (clp_size row = first; row < last; ++row)
        for (clp_size i = 0; i < factor; ++i) {
            float *out = y + (row * factor + i) * width * factor * kept;
            for (clp_size column = 0; column < width; ++column) {
                const float *in = x + (row * width + column) * channels + i * factor;
                for (clp_size j = 0; j < factor; ++j)
                    for (clp_size c = 0; c < kept; ++c) *out++ = in[c * area + j];
            }
        }
}

void clp_gather(const float *x, float *y, const int32_t *source, clp_size columns, clp_size channels) {
    for (clp_size column = 0; column < columns; ++column)
        memcpy(y + column * channels, x + source[column] * channels, (size_t)channels * sizeof(float));
}

void clp_pack_kernel(const float *x, float *y, clp_size outputs, clp_size inputs, clp_size kernel) {
    for (clp_size o = 0; o < outputs; ++o)
        for (clp_size i = 0; i < inputs; ++i)
            for (clp_size k = 0; k < kernel; ++k) y[(k * inputs + i) * outputs + o] = x[(o * inputs + i) * kernel + k];
}
