// Samples between the pixels of a picture [height, width, 3].
#pragma once
#include "clp_kernels.h"
#include "clp_math.h"

typedef float clp_four __attribute__((vector_size(16)));
/// Four floats from an address of any alignment: a pixel, and one value of the next that is not used.
CLP_INLINE clp_four clp_load_four(const float *p) { clp_four x; __builtin_memcpy(&x, p, 16); return x; }

/// An index outside the picture, back into it: mirrored at the edges of the outermost pixels, or the nearest.
CLP_INLINE clp_size clp_fold(clp_size i, clp_size size, bool reflect) {
    if (i >= 0 && i < size) return i;
    if (!reflect) return i < 0 ? 0 : size - 1;
    clp_size place = i % (2 * size);
    if (place < 0) place += 2 * size;
    return place < size ? place : 2 * size - 1 - place;
}

/// Weights of taps low - 1 ... low + 2, Keys' cubic with a = -0.75.
CLP_INLINE void clp_cubic(float t, float w[4]) {
    CLP_CONTRACT
    const float a = -0.75f;
    float u = t + 1, s = 1 - t, z = s + 1;
    w[0] = ((a * u - 5 * a) * u + 8 * a) * u - 4 * a;
    w[1] = ((a + 2) * t - (a + 3)) * t * t + 1;
    w[2] = ((a + 2) * s - (a + 3)) * s * s + 1;
    w[3] = ((a * z - 5 * a) * z + 8 * a) * z - 4 * a;
}

/// Keeps x within +-limit; what is no number becomes -limit.
CLP_INLINE float clp_within(float x, float limit) {
    x = x > -limit ? x : -limit;
    return x < limit ? x : limit;
}
