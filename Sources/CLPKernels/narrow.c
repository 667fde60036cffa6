#include "clp_kernels.h"
#include "clp_math.h"

void clp_narrow_half(const float *x, void *y, clp_size count) {
    uint16_t *half = y;
    for (clp_size i = 0; i < count; ++i) {
        uint32_t bits = clp_to_bits(x[i]);
        uint32_t sign = bits >> 16 & 0x8000u;
        uint32_t magnitude = bits & 0x7FFFFFFFu;
        uint32_t result;
        if (magnitude >= 0x47800000u) {
            /* 65536 and more, infinity, NaN. */
            result = magnitude > 0x7F800000u ? 0x7E00u : 0x7C00u;
        } else if (magnitude < 0x38800000u) {
            /* Below 2^-14 halves have a fixed step of 2^-24, which is that of floats from 0.5 to 1: the addition rounds. */
            result = clp_to_bits(clp_from_bits(magnitude) + 0.5f) - 0x3F000000u;
        } else {
            /* Exponent bias 127 to 15, then the upper 10 of 23 bits, rounded to even. */
            result = (magnitude - 0x38000000u + 0xFFFu + (magnitude >> 13 & 1u)) >> 13;
        }
        half[i] = (uint16_t)(sign | result);
    }
}

void clp_narrow_bfloat(const float *x, void *y, clp_size count) {
    uint16_t *half = y;
    for (clp_size i = 0; i < count; ++i) {
        uint32_t bits = clp_to_bits(x[i]);
        int is_nan = (bits & 0x7FFFFFFFu) > 0x7F800000u;
        half[i] = (uint16_t)(is_nan ? 0x7FC0u : (bits + 0x7FFFu + (bits >> 16 & 1u)) >> 16);
    }
}
