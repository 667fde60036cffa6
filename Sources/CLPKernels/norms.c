#include "clp_kernels.h"
#include "clp_math.h"

CLP_CLONES void clp_layer_norm(const float *x, float *y, const float *gamma, const float *beta, clp_size rows,
                               clp_size columns, float epsilon) {
    CLP_FAST
    for (clp_size r = 0; r < rows; ++r, x += columns, y += columns) {
        float sum = 0;
        for (clp_size c = 0; c < columns; ++c) sum += x[c];
        float mean = sum / (float)columns;
        float squares = 0;
        for (clp_size c = 0; c < columns; ++c) squares += (x[c] - mean) * (x[c] - mean);
        float inverse = 1.0f / __builtin_sqrtf(squares / (float)columns + epsilon);
        for (clp_size c = 0; c < columns; ++c) y[c] = (x[c] - mean) * inverse * gamma[c] + beta[c];
    }
}

CLP_CLONES void clp_column_moments(const float *x, clp_size rows, clp_size columns, float *mean, float *squares) {
    CLP_CONTRACT
    const float *pivot = x;
    for (clp_size c = 0; c < columns; ++c) mean[c] = squares[c] = 0;
    for (clp_size r = 1; r < rows; ++r) {
        const float *row = x + r * columns;
        for (clp_size c = 0; c < columns; ++c) {
            float d = row[c] - pivot[c];
            mean[c] += d;
            squares[c] += d * d;
        }
    }
    float inverse = 1.0f / (float)rows;
    for (clp_size c = 0; c < columns; ++c) {
        float rest = squares[c] - mean[c] * mean[c] * inverse;
        squares[c] = rest > 0 ? rest : (rest <= 0 ? 0 : rest);  // a NaN stays one
        mean[c] = pivot[c] + mean[c] * inverse;
    }
}

CLP_CLONES void clp_exp_rows(float *x, clp_size rows, clp_size columns, clp_size stride, clp_size first_row, float *inverse) {
    CLP_FAST
    for (clp_size r = 0; r < rows; ++r, x += stride) {
        clp_size kept = columns;
        if (first_row >= 0 && first_row + r + 1 < columns) kept = first_row + r + 1;
        float largest = clp_largest(x, kept);
        float sum = 0;
        for (clp_size c = 0; c < kept; ++c) {
            float e = clp_exp(x[c] - largest);
            x[c] = e;
            sum += e;
        }
        inverse[r] = 1.0f / sum;
        for (clp_size c = kept; c < columns; ++c) x[c] = 0;
    }
}

CLP_CLONES void clp_scale_rows(float *x, const float *factor, clp_size rows, clp_size columns, clp_size stride) {
    for (clp_size r = 0; r < rows; ++r, x += stride)
        for (clp_size c = 0; c < columns; ++c) x[c] *= factor[r];
}

void clp_group_affine(const float *mean, const float *squares, clp_size chunks, clp_size period, clp_size chunk_rows,
                      clp_size last_rows, clp_size columns, clp_size groups, float epsilon, const float *gamma,
                      const float *beta, float *factor, float *shift) {
    clp_size width = columns / groups;
    double rows = (double)(chunks / period) * ((double)(period - 1) * (double)chunk_rows + (double)last_rows);
    for (clp_size g = 0; g < groups; ++g) {
        double sum = 0, rest = 0;
        for (clp_size i = 0; i < chunks; ++i) {
            double count = (double)((i + 1) % period == 0 ? last_rows : chunk_rows);
            for (clp_size c = g * width; c < (g + 1) * width; ++c) sum += count * (double)mean[i * columns + c];
        }
        double centre = sum / (rows * (double)width);
        for (clp_size i = 0; i < chunks; ++i) {
            double count = (double)((i + 1) % period == 0 ? last_rows : chunk_rows);
            for (clp_size c = g * width; c < (g + 1) * width; ++c) {
                double d = (double)mean[i * columns + c] - centre;
                rest += (double)squares[i * columns + c] + count * d * d;
            }
        }
        double inverse = 1.0 / __builtin_sqrt(rest / (rows * (double)width) + (double)epsilon);
        for (clp_size c = g * width; c < (g + 1) * width; ++c) {
            factor[c] = (float)(inverse * (double)gamma[c]);
            shift[c] = (float)((double)beta[c] - centre * inverse * (double)gamma[c]);
        }
    }
}
