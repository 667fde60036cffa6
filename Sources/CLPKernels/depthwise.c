#include "clp_kernels.h"
#include "clp_math.h"

// Taps of the kernel that lie inside the image along one axis: begin ..< end of an output that starts at `start`.
typedef struct { clp_size begin, end; } taps;

CLP_INLINE taps taps_inside(clp_size start, clp_size kernel, clp_size length) {
    taps range = {start < 0 ? -start : 0, length - start < kernel ? length - start : kernel};
    if (range.end < range.begin) range.end = range.begin;
    return range;
}

// Sums of BLOCKS vectors of channels, in registers over all taps. The order of a channel's sum is that of the taps.
#define SUM_BLOCKS(BLOCKS)                                                                                             \
    for (; c + BLOCKS * CLP_LANES <= channels; c += BLOCKS * CLP_LANES) {                                              \
        clp_lanes sum[BLOCKS] = {0};                                                                                   \
        for (clp_size ky = rows.begin; ky < rows.end; ++ky) {                                                          \
            const float *x = corner + ky * pitch + c, *k = weight + ky * span + c;                                     \
            for (clp_size kx = columns.begin; kx < columns.end; ++kx)                                                  \
                for (int b = 0; b < BLOCKS; ++b)                                                                       \
                    sum[b] += *(const clp_lanes *)(x + kx * channels + b * CLP_LANES)                                  \
                              * *(const clp_lanes *)(k + kx * channels + b * CLP_LANES);                               \
        }                                                                                                              \
        for (int b = 0; b < BLOCKS; ++b) *(clp_lanes *)(y + c + b * CLP_LANES) = sum[b];                               \
    }

CLP_CLONES static void depthwise_rows(const float *image, const clp_window *w, clp_size first, clp_size count,
                                      const float *weight, float *y) {
    CLP_CONTRACT
    clp_size channels = w->channels, span = w->kernel_width * channels, pitch = w->width * channels;
    for (clp_size oy = first; oy < first + count; ++oy) {
        clp_size y0 = oy * w->stride - w->top;
        taps rows = taps_inside(y0, w->kernel_height, w->height);
        for (clp_size ox = 0; ox < w->output_width; ++ox, y += channels) {
            clp_size x0 = ox * w->stride - w->left;
            taps columns = taps_inside(x0, w->kernel_width, w->width);
            const float *corner = image + (y0 * w->width + x0) * channels;
            clp_size c = 0;
            SUM_BLOCKS(4)
            SUM_BLOCKS(1)
            for (; c < channels; ++c) {
                float sum = 0;
                for (clp_size ky = rows.begin; ky < rows.end; ++ky)
                    for (clp_size kx = columns.begin; kx < columns.end; ++kx)
                        sum += corner[ky * pitch + kx * channels + c] * weight[ky * span + kx * channels + c];
                y[c] = sum;
            }
        }
    }
}

void clp_depthwise(const float *image, const clp_window *window, clp_size first, clp_size count, const float *weight,
                   const float *bias, int activation, float *y) {
    clp_size row = window->output_width * window->channels;
    for (clp_size r = 0; r < count; ++r, y += row) {
        depthwise_rows(image, window, first + r, 1, weight, y);
        // While the row is in the first-level cache.
        clp_bias_activation(y, bias, window->output_width, window->channels, window->channels, activation);
    }
}
