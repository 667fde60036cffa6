#include "clp_math.h"
#include "clp_plates.h"

// The guided filter (He, Sun, Tang 2010) with a colour guide.

CLP_CLONES void clp_smooth_step(float *x, clp_size count, float low, float high) {
    const float factor = 1 / (high - low);
    for (clp_size i = 0; i < count; ++i) {
        float t = (x[i] - low) * factor;
        t = t > 0 ? t : 0;
        t = t < 1 ? t : 1;
        x[i] = t * t * (3 - 2 * t);
    }
}

CLP_CLONES void clp_guided_moments(const float *guide, const float *mask, float *moments, clp_size count) {
    for (clp_size i = 0; i < count; ++i, moments += 13) {
        const float r = guide[3 * i], g = guide[3 * i + 1], b = guide[3 * i + 2], m = mask[i];
        const float values[13] = {r, g, b, m, r * m, g * m, b * m, r * r, r * g, r * b, g * g, g * b, b * b};
        for (int k = 0; k < 13; ++k) moments[k] = values[k];
    }
}

CLP_CLONES void clp_box_rows(const float *x, float *y, clp_size width, clp_size channels, clp_size radius, clp_size first,
                             clp_size last) {
    for (clp_size row = first; row < last; ++row) {
        const float *from = x + row * width * channels;
        float *to = y + row * width * channels;
        for (clp_size c = 0; c < channels; ++c) {
            double sum = 0;
            for (clp_size i = 0; i < radius && i < width; ++i) sum += from[i * channels + c];
            for (clp_size i = 0; i < width; ++i) {
                if (i + radius < width) sum += from[(i + radius) * channels + c];
                if (i - radius > 0) sum -= from[(i - radius - 1) * channels + c];
                const clp_size low = i - radius > 0 ? i - radius : 0, high = i + radius < width ? i + radius : width - 1;
                to[i * channels + c] = (float)(sum / (double)(high - low + 1));
            }
        }
    }
}

CLP_CLONES void clp_box_columns(const float *x, float *y, clp_size height, clp_size columns, clp_size radius,
                                clp_size first, clp_size last) {
    // Few columns at a time, so that their sums stay in registers and a run of rows stays in the cache.
    enum { STRIP = 16 };
    for (clp_size left = 0; left < columns; left += STRIP) {
        const clp_size count = columns - left < STRIP ? columns - left : STRIP;
        double sum[STRIP] = {0};
        const clp_size before = first - radius > 0 ? first - radius : 0;
        for (clp_size row = before; row < first + radius && row < height; ++row)
            for (clp_size i = 0; i < count; ++i) sum[i] += x[row * columns + left + i];
        for (clp_size row = first; row < last; ++row) {
            const clp_size low = row - radius > 0 ? row - radius : 0;
            const clp_size high = row + radius < height ? row + radius : height - 1;
            if (row + radius < height)
                for (clp_size i = 0; i < count; ++i) sum[i] += x[(row + radius) * columns + left + i];
            if (row > first && row - radius > 0)
                for (clp_size i = 0; i < count; ++i) sum[i] -= x[(row - radius - 1) * columns + left + i];
            const double inverse = 1 / (double)(high - low + 1);
            for (clp_size i = 0; i < count; ++i) y[row * columns + left + i] = (float)(sum[i] * inverse);
        }
    }
}

CLP_CLONES void clp_guided_solve(const float *means, float *map, clp_size count, float epsilon) {
    for (clp_size i = 0; i < count; ++i, means += 13, map += 4) {
        const float *m = means;
        const float rr = m[7] - m[0] * m[0] + epsilon, rg = m[8] - m[0] * m[1], rb = m[9] - m[0] * m[2];
        const float gg = m[10] - m[1] * m[1] + epsilon, gb = m[11] - m[1] * m[2], bb = m[12] - m[2] * m[2] + epsilon;
        const float r = m[4] - m[0] * m[3], g = m[5] - m[1] * m[3], b = m[6] - m[2] * m[3];
        // The inverse of the symmetric matrix by cofactors.
        const float c00 = gg * bb - gb * gb, c01 = gb * rb - rg * bb, c02 = rg * gb - gg * rb;
        const float c11 = rr * bb - rb * rb, c12 = rg * rb - rr * gb, c22 = rr * gg - rg * rg;
        const float determinant = rr * c00 + rg * c01 + rb * c02;
        const float inverse = determinant > 0 ? 1 / determinant : 0;
        map[0] = (c00 * r + c01 * g + c02 * b) * inverse;
        map[1] = (c01 * r + c11 * g + c12 * b) * inverse;
        map[2] = (c02 * r + c12 * g + c22 * b) * inverse;
        map[3] = m[3] - map[0] * m[0] - map[1] * m[1] - map[2] * m[2];
    }
}

CLP_CLONES void clp_guided_apply(const float *map, const float *guide, float *mask, clp_size count) {
    for (clp_size i = 0; i < count; ++i)
        mask[i] = map[4 * i] * guide[3 * i] + map[4 * i + 1] * guide[3 * i + 1] + map[4 * i + 2] * guide[3 * i + 2] +
                  map[4 * i + 3];
}
