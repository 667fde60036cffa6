#include "clp_kernels.h"
#include "clp_math.h"

// One row of weights against ROWS rows of x, as dot products in lanes.
#define DOT(ROWS)                                                                        \
    for (clp_size n = 0; n < columns; ++n) {                                             \
        const float *w = weight + n * inner;                                             \
        clp_lanes sum[ROWS] = {0};                                                       \
        clp_size k = 0;                                                                  \
        for (; k + CLP_LANES <= inner; k += CLP_LANES) {                                 \
            clp_lanes value = *(const clp_lanes *)(w + k);                               \
            for (int r = 0; r < ROWS; ++r) sum[r] += *(const clp_lanes *)(x + r * inner + k) * value; \
        }                                                                                \
        for (int r = 0; r < ROWS; ++r) {                                                 \
            float total = 0;                                                             \
            for (int i = 0; i < CLP_LANES; ++i) total += sum[r][i];                      \
            for (clp_size rest = k; rest < inner; ++rest) total += x[r * inner + rest] * w[rest]; \
            y[r * stride + n] = total;                                                   \
        }                                                                                \
    }

CLP_CLONES void clp_few_rows(const float *x, const float *weight, float *y, clp_size rows, clp_size columns,
                             clp_size inner, clp_size stride) {
    CLP_FAST
    switch (rows) {
    case 1: DOT(1) break;
    case 2: DOT(2) break;
    case 3: DOT(3) break;
    case 4: DOT(4) break;
    default: break;
    }
}
