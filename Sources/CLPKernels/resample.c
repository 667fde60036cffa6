#include "clp_kernels.h"
#include "clp_math.h"

CLP_CLONES void clp_resample(const float *x, float *y, const int32_t *source, const float *weight, clp_size outputs,
                             clp_size taps, clp_size channels) {
    CLP_CONTRACT
    for (clp_size o = 0; o < outputs; ++o, y += channels, source += taps, weight += taps) {
        const float *from = x + source[0] * channels;
        float w = weight[0];
        for (clp_size c = 0; c < channels; ++c) y[c] = w * from[c];
        for (clp_size t = 1; t < taps; ++t) {
            w = weight[t];
            if (w == 0) continue;
            from = x + source[t] * channels;
            for (clp_size c = 0; c < channels; ++c) y[c] += w * from[c];
        }
    }
}

// The nearest valid place for a coordinate, as torch's clip_coordinates; what is no number becomes 0.
CLP_INLINE float clip(float x, clp_size size) {
    float last = (float)(size - 1);
    x = x > 0 ? x : 0;
    return x < last ? x : last;
}

// Mirrors at the outer edges of the first and the last pixel, as torch's reflect_coordinates(-1, 2 * size - 1).
CLP_INLINE float mirror(float x, clp_size size) {
    float span = (float)size;
    float distance = __builtin_fabsf(x + 0.5f);
    if (!(distance < 1e9f)) return 0;
    clp_size flips = (clp_size)(distance / span);
    float rest = distance - (float)flips * span;
    if (rest < 0) { rest += span; --flips; }
    if (rest >= span) { rest -= span; ++flips; }
    return clip(flips % 2 == 0 ? rest - 0.5f : span - rest - 0.5f, size);
}

CLP_INLINE clp_size tap(clp_size i, clp_size size, bool reflect) {
    if (reflect) {
        clp_size place = i % (2 * size);
        if (place < 0) place += 2 * size;
        return place < size ? place : 2 * size - 1 - place;
    }
    return i < 0 ? 0 : (i >= size ? size - 1 : i);
}

// Taps and weights along one axis; returns how many.
CLP_INLINE int taps_at(float x, clp_size size, bool bicubic, bool reflect, clp_size index[4], float weight[4]) {
    if (!bicubic) {
        x = reflect ? mirror(x, size) : clip(x, size);
        clp_size low = (clp_size)x;
        float t = x - (float)low;
        index[0] = low;
        index[1] = low + 1 < size ? low + 1 : low;
        weight[0] = 1 - t;
        weight[1] = t;
        return 2;
    }
    // Far outside, every tap is the same for a clamped border; a mirrored one only has to stay in range of an integer.
    if (!reflect) {
        x = x > -4 ? x : -4;
        x = x < (float)(size + 4) ? x : (float)(size + 4);
    } else if (!(__builtin_fabsf(x) < 1e9f)) {
        x = 0;
    }
    float base = __builtin_floorf(x);
    float t = x - base;
    clp_size low = (clp_size)base;
    const float a = -0.75f;
    float u = t + 1, s = 1 - t, z = s + 1;
    weight[0] = ((a * u - 5 * a) * u + 8 * a) * u - 4 * a;
    weight[1] = ((a + 2) * t - (a + 3)) * t * t + 1;
    weight[2] = ((a + 2) * s - (a + 3)) * s * s + 1;
    weight[3] = ((a * z - 5 * a) * z + 8 * a) * z - 4 * a;
    for (int i = 0; i < 4; ++i) index[i] = tap(low - 1 + i, size, reflect);
    return 4;
}

CLP_CLONES void clp_warp(const float *image, const float *flow, float *y, clp_size height, clp_size width,
                         clp_size channels, clp_size first, clp_size last, bool bicubic, bool reflect) {
    CLP_CONTRACT
    for (clp_size row = first; row < last; ++row)
        for (clp_size column = 0; column < width; ++column) {
            const float *move = flow + (row * width + column) * 2;
            float *out = y + (row * width + column) * channels;
            clp_size xs[4], ys[4];
            float wx[4], wy[4];
            int count = taps_at((float)column + move[0], width, bicubic, reflect, xs, wx);
            taps_at((float)row + move[1], height, bicubic, reflect, ys, wy);
            for (clp_size c = 0; c < channels; ++c) out[c] = 0;
            for (int i = 0; i < count; ++i)
                for (int j = 0; j < count; ++j) {
                    const float *from = image + (ys[i] * width + xs[j]) * channels;
                    float w = wy[i] * wx[j];
                    for (clp_size c = 0; c < channels; ++c) out[c] += w * from[c];
                }
        }
}
