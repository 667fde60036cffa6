#include "clp_kernels.h"
#include "clp_math.h"

// One loop per activation, so that each is a straight vector loop.
#define FOR_ACTIVATION(activation, LOOP)       \
    switch (activation) {                      \
    case CLP_SILU: LOOP(clp_silu) break;       \
    case CLP_GELU: LOOP(clp_gelu) break;       \
    case CLP_QUICK_GELU: LOOP(clp_quick_gelu) break; \
    case CLP_RELU: LOOP(clp_relu) break;       \
    case CLP_RELU6: LOOP(clp_relu6) break;     \
    case CLP_SIGMOID: LOOP(clp_sigmoid) break; \
    default: LOOP(clp_same) break;             \
    }

CLP_CLONES void clp_activate(const float *x, float *y, clp_size count, int activation) {
#define LOOP(f) for (clp_size i = 0; i < count; ++i) y[i] = f(x[i]);
    FOR_ACTIVATION(activation, LOOP)
#undef LOOP
}

CLP_CLONES void clp_bias_activation(float *y, const float *bias, clp_size rows, clp_size columns, clp_size stride,
                                    int activation) {
    if (!bias && activation == CLP_NONE) return;
    for (clp_size r = 0; r < rows; ++r, y += stride) {
        if (bias) {
#define LOOP(f) for (clp_size c = 0; c < columns; ++c) y[c] = f(y[c] + bias[c]);
            FOR_ACTIVATION(activation, LOOP)
#undef LOOP
        } else {
#define LOOP(f) for (clp_size c = 0; c < columns; ++c) y[c] = f(y[c]);
            FOR_ACTIVATION(activation, LOOP)
#undef LOOP
        }
    }
}

CLP_CLONES void clp_affine_activation(const float *x, float *y, const float *factor, const float *shift, clp_size rows,
                                      clp_size columns, int activation) {
    CLP_CONTRACT
    for (clp_size r = 0; r < rows; ++r, x += columns, y += columns) {
#define LOOP(f) for (clp_size c = 0; c < columns; ++c) y[c] = f(x[c] * factor[c] + shift[c]);
        FOR_ACTIVATION(activation, LOOP)
#undef LOOP
    }
}

CLP_CLONES void clp_geglu(const float *x, float *y, clp_size rows, clp_size half) {
    for (clp_size r = 0; r < rows; ++r, x += 2 * half, y += half)
        for (clp_size c = 0; c < half; ++c) y[c] = x[c] * clp_gelu(x[half + c]);
}

CLP_CLONES void clp_add(const float *a, const float *b, float *y, clp_size count) {
    for (clp_size i = 0; i < count; ++i) y[i] = a[i] + b[i];
}

CLP_CLONES void clp_add_row(const float *x, const float *row, float *y, clp_size rows, clp_size columns) {
    for (clp_size r = 0; r < rows; ++r, x += columns, y += columns)
        for (clp_size c = 0; c < columns; ++c) y[c] = x[c] + row[c];
}

CLP_CLONES void clp_axpby(float a, const float *x, float b, const float *z, float *y, clp_size count) {
    CLP_CONTRACT
    for (clp_size i = 0; i < count; ++i) y[i] = a * x[i] + b * z[i];
}

CLP_CLONES void clp_scale(const float *x, float factor, float *y, clp_size count) {
    for (clp_size i = 0; i < count; ++i) y[i] = x[i] * factor;
}

// Sixteen bits at any address.
typedef uint16_t loose_half __attribute__((aligned(1)));

// After M. Dukhan's FP16: shifts the exponent for normal numbers, subtracts a magic number for subnormal ones.
CLP_CLONES void clp_widen_half(const void *x, float *y, clp_size count) {
    const loose_half *half = x;
    for (clp_size i = 0; i < count; ++i) {
        uint32_t wide = (uint32_t)half[i] << 16;
        uint32_t sign = wide & 0x80000000u;
        uint32_t twice = wide + wide;
        float normal = clp_from_bits((twice >> 4) + (0xE0u << 23)) * 0x1.0p-112f;
        float subnormal = clp_from_bits((twice >> 17) | (126u << 23)) - 0.5f;
        uint32_t bits = twice < (1u << 27) ? clp_to_bits(subnormal) : clp_to_bits(normal);
        y[i] = clp_from_bits(sign | bits);
    }
}

CLP_CLONES void clp_widen_bfloat(const void *x, float *y, clp_size count) {
    const loose_half *half = x;
    for (clp_size i = 0; i < count; ++i) y[i] = clp_from_bits((uint32_t)half[i] << 16);
}
