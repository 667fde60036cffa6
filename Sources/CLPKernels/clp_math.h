// Vectorisable mathematics: straight-line code, no calls, about 1e-7 relative.
#pragma once
#include <stdint.h>
#include <string.h>

#if defined(__x86_64__)
#define CLP_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define CLP_CLONES
#endif
#define CLP_INLINE static inline __attribute__((always_inline))
// Lets the compiler use FMA and split sums over lanes; the result depends on the instruction set, never on the thread.
#define CLP_FAST _Pragma("clang fp contract(fast) reassociate(on)")
#define CLP_CONTRACT _Pragma("clang fp contract(fast)")

CLP_INLINE float clp_from_bits(uint32_t bits) { float value; memcpy(&value, &bits, 4); return value; }
CLP_INLINE uint32_t clp_to_bits(float value) { uint32_t bits; memcpy(&bits, &value, 4); return bits; }

/// e^x. Below -87.3 it gives about 1e-38, above 88.3 about 2.4e38; a NaN stays one.
CLP_INLINE float clp_exp(float x) {
    CLP_CONTRACT
    x = x < -87.3f ? -87.3f : x;
    x = x > 88.3f ? 88.3f : x;
    float shifted = x * 1.44269504f + 12582912.0f;  // 1.5 * 2^23 rounds to an integer in the low bits
    float n = shifted - 12582912.0f;
    float r = x - n * 0.693145752f;
    r = r - n * 1.42860677e-6f;
    float p = 1.37805939e-3f;
    p = p * r + 8.37312452e-3f;
    p = p * r + 4.16695364e-2f;
    p = p * r + 1.66664720e-1f;
    p = p * r + 4.99999851e-1f;
    p = p * r + 1.0f;
    p = p * r + 1.0f;
    return clp_from_bits(clp_to_bits(p) + (clp_to_bits(shifted) << 23));
}

/// 1 - |erf(x)| for |x| >= 0.92, as exp of a polynomial (N. Juffa's erff).
CLP_INLINE float clp_erf_tail(float t) {
    CLP_CONTRACT
    float s = t * t;
    float r = -1.72853470e-5f * t + 3.83197126e-4f;
    float u = -3.88396438e-3f * t + 2.42546219e-2f;
    r = r * s + u;
    r = r * t + -1.06777877e-1f;
    r = r * t + -6.34846687e-1f;
    r = r * t + -1.28717512e-1f;
    r = r * t + -t;
    return clp_exp(r);
}

/// 0.5 x (1 + erf(x / sqrt 2)); the negative tail keeps its relative accuracy.
CLP_INLINE float clp_gelu(float x) {
    CLP_CONTRACT
    float a = x * 0.707106781f;
    float t = a < 0 ? -a : a;
    float s = a * a;
    float r = -5.96761703e-4f;
    r = r * s + 4.99119423e-3f;
    r = r * s + -2.67681349e-2f;
    r = r * s + 1.12819925e-1f;
    r = r * s + -3.76125336e-1f;
    r = r * s + 1.28379166e-1f;
    r = r * a + a;
    float tail = clp_erf_tail(t > 9.0f ? 9.0f : t);
    float far = a < 0 ? tail : 2.0f - tail;
    float sum = t > 0.927734375f ? far : 1.0f + r;
    return 0.5f * x * sum;
}

CLP_INLINE float clp_sigmoid(float x) { return 1.0f / (1.0f + clp_exp(-x)); }
CLP_INLINE float clp_silu(float x) { return x / (1.0f + clp_exp(-x)); }
CLP_INLINE float clp_quick_gelu(float x) { return x / (1.0f + clp_exp(-1.702f * x)); }
CLP_INLINE float clp_relu(float x) { return x < 0 ? 0 : x; }
CLP_INLINE float clp_relu6(float x) { return x < 0 ? 0 : x > 6 ? 6 : x; }
CLP_INLINE float clp_same(float x) { return x; }

// Sixteen floats: one AVX-512 register, two AVX, four SSE.
typedef float clp_lanes __attribute__((vector_size(64), aligned(4)));
enum { CLP_LANES = 16 };

/// The largest of count >= 1 values, none of them a NaN.
CLP_INLINE float clp_largest(const float *x, intptr_t count) {
    float largest = x[0];
    intptr_t c = 0;
    if (count >= CLP_LANES) {
        clp_lanes many = *(const clp_lanes *)x;
        for (c = CLP_LANES; c + CLP_LANES <= count; c += CLP_LANES) {
            clp_lanes next = *(const clp_lanes *)(x + c);
            many = __builtin_elementwise_max(many, next);
        }
        for (int i = 0; i < CLP_LANES; ++i) largest = many[i] > largest ? many[i] : largest;
    }
    for (; c < count; ++c) largest = x[c] > largest ? x[c] : largest;
    return largest;
}
