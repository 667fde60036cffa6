#include <string.h>
#include "clp_kernels.h"

void clp_unfold(const float *image, const clp_window *w, clp_size first, clp_size count, float *rows) {
    clp_size channels = w->channels, span = w->kernel_width * channels;
    for (clp_size i = first; i < first + count; ++i) {
        clp_size oy = i / w->output_width, ox = i % w->output_width;
        clp_size x0 = ox * w->stride - w->left;
        // Columns of the kernel that lie left of, inside and right of the image.
        clp_size before = x0 < 0 ? -x0 : 0;
        if (before > w->kernel_width) before = w->kernel_width;
        clp_size end = w->width - x0;
        if (end > w->kernel_width) end = w->kernel_width;
        if (end < before) end = before;
        for (clp_size ky = 0; ky < w->kernel_height; ++ky, rows += span) {
            clp_size y = oy * w->stride - w->top + ky;
            if (y < 0 || y >= w->height) {
                memset(rows, 0, (size_t)span * sizeof(float));
                continue;
            }
            if (before > 0) memset(rows, 0, (size_t)(before * channels) * sizeof(float));
            if (end > before)
                memcpy(rows + before * channels, image + (y * w->width + x0 + before) * channels,
                       (size_t)((end - before) * channels) * sizeof(float));
            if (end < w->kernel_width)
                memset(rows + end * channels, 0, (size_t)((w->kernel_width - end) * channels) * sizeof(float));
        }
    }
}

void clp_unfold_channels(const float *image, const clp_window *w, clp_size first, clp_size count, float *rows) {
    clp_size channels = w->channels, area = w->kernel_height * w->kernel_width;
    for (clp_size i = first; i < first + count; ++i, rows += channels * area) {
        clp_size y0 = i / w->output_width * w->stride - w->top, x0 = i % w->output_width * w->stride - w->left;
        for (clp_size k = 0; k < area; ++k) {
            clp_size y = y0 + k / w->kernel_width, x = x0 + k % w->kernel_width;
            bool inside = y >= 0 && y < w->height && x >= 0 && x < w->width;
            const float *pixel = image + (y * w->width + x) * channels;
            for (clp_size c = 0; c < channels; ++c) rows[c * area + k] = inside ? pixel[c] : 0;
        }
    }
}
