#include "clp_kernels.h"
#include "clp_math.h"

// Rows of scores are padded to whole vectors.
typedef clp_lanes lanes;
enum { LANES = CLP_LANES, TILE = 4 };

clp_size clp_attention_small_scratch(clp_size keys, clp_size width) {
    clp_size padded = (keys + LANES - 1) / LANES * LANES;
    return padded * width + TILE * padded + keys * LANES;
}

CLP_INLINE void softmax_tile(float *scores, clp_size rows, clp_size padded, clp_size keys, clp_size first, bool causal) {
    CLP_FAST
    for (clp_size r = 0; r < rows; ++r, scores += padded) {
        clp_size kept = causal && first + r + 1 < keys ? first + r + 1 : keys;
        float largest = clp_largest(scores, kept);
        float sum = 0;
        for (clp_size c = 0; c < padded; ++c) {
            float e = clp_exp(scores[c] - largest);
            e = c < kept ? e : 0.0f;
            scores[c] = e;
            sum += e;
        }
        float inverse = 1.0f / sum;
        for (clp_size c = 0; c < padded; ++c) scores[c] *= inverse;
    }
}

CLP_CLONES void clp_attention_small(const float *q, const float *k, const float *v, float *y, clp_size queries,
                                    clp_size keys, clp_size width, clp_size stride, float factor, bool causal,
                                    float *scratch) {
    CLP_CONTRACT
    clp_size padded = (keys + LANES - 1) / LANES * LANES;
    float *transposed = scratch;             // [width, padded]
    float *scores = scratch + padded * width;  // [TILE, padded]
    float *rest = scores + TILE * padded;      // [keys, LANES]: the columns of v beyond the last whole vector, and zeros
    clp_size whole = width / LANES * LANES, left = width - whole;
    for (clp_size j = 0; left > 0 && j < keys; ++j)
        for (clp_size d = 0; d < LANES; ++d) rest[j * LANES + d] = d < left ? v[j * stride + whole + d] : 0;
    for (clp_size d = 0; d < width; ++d) {
        for (clp_size j = 0; j < keys; ++j) transposed[d * padded + j] = k[j * stride + d] * factor;
        for (clp_size j = keys; j < padded; ++j) transposed[d * padded + j] = 0;
    }
    for (clp_size first = 0; first < queries; first += TILE) {
        clp_size rows = queries - first < TILE ? queries - first : TILE;
        // The last tile repeats its last row instead of reading past the end.
        const float *row[TILE];
        for (clp_size r = 0; r < TILE; ++r) row[r] = q + (first + (r < rows ? r : rows - 1)) * stride;
        for (clp_size j = 0; j < padded; j += LANES) {
            lanes sum[TILE] = {0};
            for (clp_size d = 0; d < width; ++d) {
                lanes key = *(const lanes *)(transposed + d * padded + j);
                for (int r = 0; r < TILE; ++r) sum[r] += row[r][d] * key;
            }
            for (int r = 0; r < TILE; ++r) *(lanes *)(scores + r * padded + j) = sum[r];
        }
        softmax_tile(scores, rows, padded, keys, first, causal);
        for (clp_size d = 0; d < whole; d += LANES) {
            lanes sum[TILE] = {0};
            for (clp_size j = 0; j < keys; ++j) {
                lanes value = *(const lanes *)(v + j * stride + d);
                for (int r = 0; r < TILE; ++r) sum[r] += scores[r * padded + j] * value;
            }
            for (clp_size r = 0; r < rows; ++r) *(lanes *)(y + (first + r) * stride + d) = sum[r];
        }
        if (left > 0) {
            lanes sum[TILE] = {0};
            for (clp_size j = 0; j < keys; ++j) {
                lanes value = *(const lanes *)(rest + j * LANES);
                for (int r = 0; r < TILE; ++r) sum[r] += scores[r * padded + j] * value;
            }
            for (clp_size r = 0; r < rows; ++r)
                __builtin_memcpy(y + (first + r) * stride + whole, &sum[r], (size_t)left * sizeof(float));
        }
    }
}
