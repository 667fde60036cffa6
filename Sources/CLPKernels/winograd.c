// 3x3 convolution by the minimal filtering algorithm F(4x4, 3x3) of Lavin and Gray ("Fast Algorithms for Convolutional Neural
// Networks", 2015): 36 multiplications for 16 outputs instead of 144. Tiles of 6x6 inputs and the kernel are transformed,
// multiplied channel by channel as 36 small matrix products, and transformed back.
#include <string.h>
#include "clp_kernels.h"
#include "clp_math.h"

// Rows of the 36 matrices lie apart by their size and SKEW more, lest powers of two meet in the same cache sets.
enum { POINTS = 36, PANEL = 32, SKEW = 16 };

clp_size clp_winograd_weights(clp_size outputs, clp_size inputs) {
    return (outputs + PANEL - 1) / PANEL * clp_winograd_panel_size(inputs);
}

clp_size clp_winograd_panel_size(clp_size inputs) { return POINTS * (inputs * PANEL + SKEW); }

// One column of three kernel values to six.
#define TRANSFORM_KERNEL(top, middle, bottom, o0, o1, o2, o3, o4, o5)                   \
    do {                                                                                \
        clp_lanes outer = top + bottom, mixed = top * (1.0f / 24) + bottom * (1.0f / 6); \
        clp_lanes inner = middle * (1.0f / 12);                                         \
        o0 = top * 0.25f;                                                               \
        o1 = (outer + middle) * (-1.0f / 6);                                            \
        o2 = (outer - middle) * (-1.0f / 6);                                            \
        o3 = mixed + inner;                                                             \
        o4 = mixed - inner;                                                             \
        o5 = bottom;                                                                    \
    } while (0)

// The compiler cannot know that rows `step` apart do not overlap, so the vectors are spelled out.
#define AT(pointer) (*(clp_lanes *)(pointer))
#define CONST_AT(pointer) (*(const clp_lanes *)(pointer))

// t: one input's kernels of a panel, [9, 32]; u: [36] rows that lie `step` apart.
CLP_CLONES static void transform_kernel(const float *t, float *u, clp_size step) {
    CLP_CONTRACT
    for (clp_size o = 0; o < PANEL; o += CLP_LANES) {
        clp_lanes half[6][3];
#pragma clang loop unroll(full)
        for (int c = 0; c < 3; ++c) {
            const float *from = t + c * PANEL + o;
            clp_lanes top = CONST_AT(from), middle = CONST_AT(from + 3 * PANEL), bottom = CONST_AT(from + 6 * PANEL);
            TRANSFORM_KERNEL(top, middle, bottom, half[0][c], half[1][c], half[2][c], half[3][c], half[4][c], half[5][c]);
        }
#pragma clang loop unroll(full)
        for (int r = 0; r < 6; ++r) {
            float *to = u + r * 6 * step + o;
            TRANSFORM_KERNEL(half[r][0], half[r][1], half[r][2], AT(to), AT(to + step), AT(to + 2 * step), AT(to + 3 * step),
                             AT(to + 4 * step), AT(to + 5 * step));
        }
    }
}

typedef float eight __attribute__((vector_size(32), aligned(4)));
#define INTERLEAVE(a, b, low, high)                                                   \
    low = __builtin_shufflevector(a, b, 0, 8, 1, 9, 4, 12, 5, 13),                    \
    high = __builtin_shufflevector(a, b, 2, 10, 3, 11, 6, 14, 7, 15)

// to [8, ...] = transpose of from [8, ...]; rows lie apart by the strides.
CLP_INLINE void transpose_eight(const float *from, clp_size from_stride, float *to, clp_size to_stride) {
    eight r[8], s[8], t[8];
#pragma clang loop unroll(full)
    for (int i = 0; i < 8; ++i) r[i] = *(const eight *)(from + i * from_stride);
#pragma clang loop unroll(full)
    for (int i = 0; i < 8; i += 4) {
        INTERLEAVE(r[i], r[i + 2], s[i], s[i + 1]);
        INTERLEAVE(r[i + 1], r[i + 3], s[i + 2], s[i + 3]);
        INTERLEAVE(s[i], s[i + 2], t[i], t[i + 1]);
        INTERLEAVE(s[i + 1], s[i + 3], t[i + 2], t[i + 3]);
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < 4; ++i) {
        *(eight *)(to + i * to_stride) = __builtin_shufflevector(t[i], t[i + 4], 0, 1, 2, 3, 8, 9, 10, 11);
        *(eight *)(to + (i + 4) * to_stride) = __builtin_shufflevector(t[i], t[i + 4], 4, 5, 6, 7, 12, 13, 14, 15);
    }
}

// to [columns, 32] = transpose of from [rows, ...], at most 32 rows.
CLP_CLONES static void transpose_panel(const float *from, clp_size stride, clp_size rows, clp_size columns, float *to) {
    clp_size r = 0;
    for (; r + 8 <= rows; r += 8) {
        clp_size c = 0;
        for (; c + 8 <= columns; c += 8) transpose_eight(from + r * stride + c, stride, to + c * PANEL + r, PANEL);
        for (; c < columns; ++c)
            for (int i = 0; i < 8; ++i) to[c * PANEL + r + i] = from[(r + i) * stride + c];
    }
    for (; r < rows; ++r)
        for (clp_size c = 0; c < columns; ++c) to[c * PANEL + r] = from[r * stride + c];
}

void clp_winograd_pack(const float *x, clp_size kept, clp_size inputs, float *u) {
    enum { RUN = 16 };  // inputs at a time: their kernels, transposed, fit the first-level cache
    float kernels[RUN * 9 * PANEL];
    memset(kernels, 0, sizeof kernels);
    for (clp_size first = 0; first < inputs; first += RUN) {
        clp_size count = inputs - first < RUN ? inputs - first : RUN;
        transpose_panel(x + first * 9, inputs * 9, kept, count * 9, kernels);
        for (clp_size i = 0; i < count; ++i)
            transform_kernel(kernels + i * 9 * PANEL, u + (first + i) * PANEL, inputs * PANEL + SKEW);
    }
}

// One row of Bᵀ d: six inputs to six transformed values.
#define TRANSFORM_INPUT(d0, d1, d2, d3, d4, d5, o0, o1, o2, o3, o4, o5) \
    do {                                                                \
        __typeof__(d0) even = d4 - 4 * d2, odd = d3 - 4 * d1;           \
        __typeof__(d0) even2 = d4 - d2, odd2 = 2 * (d3 - d1);           \
        o0 = 4 * d0 - 5 * d2 + d4;                                      \
        o1 = even + odd;                                                \
        o2 = even - odd;                                                \
        o3 = even2 + odd2;                                              \
        o4 = even2 - odd2;                                              \
        o5 = 4 * d1 - 5 * d3 + d5;                                      \
    } while (0)

// source: the 36 pixels of a tile; v: [36] rows that lie `step` apart.
CLP_CLONES static void transform_input(const float *const *source, float *v, clp_size step, clp_size channels) {
    CLP_CONTRACT
    clp_size c = 0;
    for (; c + CLP_LANES <= channels; c += CLP_LANES) {
        clp_lanes d[6][6];
#pragma clang loop unroll(full)
        for (int j = 0; j < 6; ++j) {
            clp_lanes d0 = CONST_AT(source[j] + c), d1 = CONST_AT(source[6 + j] + c), d2 = CONST_AT(source[12 + j] + c);
            clp_lanes d3 = CONST_AT(source[18 + j] + c), d4 = CONST_AT(source[24 + j] + c), d5 = CONST_AT(source[30 + j] + c);
            TRANSFORM_INPUT(d0, d1, d2, d3, d4, d5, d[0][j], d[1][j], d[2][j], d[3][j], d[4][j], d[5][j]);
        }
#pragma clang loop unroll(full)
        for (int i = 0; i < 6; ++i) {
            float *row = v + i * 6 * step + c;
            TRANSFORM_INPUT(d[i][0], d[i][1], d[i][2], d[i][3], d[i][4], d[i][5], AT(row), AT(row + step), AT(row + 2 * step),
                            AT(row + 3 * step), AT(row + 4 * step), AT(row + 5 * step));
        }
    }
    for (; c < channels; ++c) {
        float d[6][6];
#pragma clang loop unroll(full)
        for (int j = 0; j < 6; ++j)
            TRANSFORM_INPUT(source[j][c], source[6 + j][c], source[12 + j][c], source[18 + j][c], source[24 + j][c],
                            source[30 + j][c], d[0][j], d[1][j], d[2][j], d[3][j], d[4][j], d[5][j]);
#pragma clang loop unroll(full)
        for (int i = 0; i < 6; ++i) {
            float *row = v + i * 6 * step + c;
            TRANSFORM_INPUT(d[i][0], d[i][1], d[i][2], d[i][3], d[i][4], d[i][5], row[0], row[step], row[2 * step],
                            row[3 * step], row[4 * step], row[5 * step]);
        }
    }
}

#define TRANSFORM_OUTPUT(m0, m1, m2, m3, m4, m5, o0, o1, o2, o3)           \
    do {                                                                   \
        float sum = m1 + m2, difference = m1 - m2;                         \
        float sum2 = m3 + m4, difference2 = m3 - m4;                       \
        o0 = m0 + sum + sum2;                                              \
        o1 = difference + 2 * difference2;                                 \
        o2 = sum + 4 * sum2;                                               \
        o3 = difference + 8 * difference2 + m5;                            \
    } while (0)

// m: [36] rows of a panel that lie `step` apart; y: [16, 32].
CLP_CLONES static void transform_output(const float *restrict m, clp_size step, float *restrict y) {
    CLP_CONTRACT
    for (clp_size c = 0; c < PANEL; ++c) {
        float d[4][6];
#pragma clang loop unroll(full)
        for (int j = 0; j < 6; ++j) {
            const float *from = m + j * step + c;
            TRANSFORM_OUTPUT(from[0], from[6 * step], from[12 * step], from[18 * step], from[24 * step], from[30 * step],
                             d[0][j], d[1][j], d[2][j], d[3][j]);
        }
#pragma clang loop unroll(full)
        for (int i = 0; i < 4; ++i) {
            float *to = y + i * 4 * PANEL + c;
            TRANSFORM_OUTPUT(d[i][0], d[i][1], d[i][2], d[i][3], d[i][4], d[i][5], to[0], to[PANEL], to[2 * PANEL],
                             to[3 * PANEL]);
        }
    }
}

// c [rows, 32] = a [rows, inner] * b [inner, 32] (+ c if `more`), in registers: ROWS rows by two vectors of WIDTH. Rows of a
// lie `stride` apart.
#define PANEL_PRODUCT(NAME, TARGET, WIDTH, ROWS)                                                                       \
    typedef float NAME##_vector __attribute__((vector_size(WIDTH * 4), aligned(4)));                                   \
    TARGET static void NAME(const float *a, clp_size stride, clp_size rows, clp_size inner, const float *b, bool more, \
                            float *c) {                                                                                \
        CLP_CONTRACT                                                                                                   \
        for (clp_size first = 0; first < rows; first += ROWS) {                                                        \
            clp_size here = rows - first < ROWS ? rows - first : ROWS;                                                 \
            const float *row[ROWS];                                                                                    \
            for (int r = 0; r < ROWS; ++r) row[r] = a + (first + (r < here ? r : here - 1)) * stride;                  \
            for (int offset = 0; offset < PANEL; offset += 2 * WIDTH) {                                                \
                NAME##_vector low[ROWS] = {0}, high[ROWS] = {0};                                                       \
                for (clp_size r = 0; more && r < here; ++r) {                                                          \
                    low[r] = *(const NAME##_vector *)(c + (first + r) * PANEL + offset);                               \
                    high[r] = *(const NAME##_vector *)(c + (first + r) * PANEL + offset + WIDTH);                      \
                }                                                                                                      \
                for (clp_size k = 0; k < inner; ++k) {                                                                 \
                    NAME##_vector b0 = *(const NAME##_vector *)(b + k * PANEL + offset);                               \
                    NAME##_vector b1 = *(const NAME##_vector *)(b + k * PANEL + offset + WIDTH);                       \
                    _Pragma("clang loop unroll(full)") for (int r = 0; r < ROWS; ++r) {                                \
                        low[r] += row[r][k] * b0;                                                                      \
                        high[r] += row[r][k] * b1;                                                                     \
                    }                                                                                                  \
                }                                                                                                      \
                for (clp_size r = 0; r < here; ++r) {                                                                  \
                    *(NAME##_vector *)(c + (first + r) * PANEL + offset) = low[r];                                     \
                    *(NAME##_vector *)(c + (first + r) * PANEL + offset + WIDTH) = high[r];                            \
                }                                                                                                      \
            }                                                                                                          \
        }                                                                                                              \
    }

#if defined(__x86_64__)
PANEL_PRODUCT(product_512, __attribute__((target("arch=x86-64-v4"))), 16, 8)
PANEL_PRODUCT(product_256, __attribute__((target("arch=x86-64-v3"))), 8, 4)
#endif
PANEL_PRODUCT(product_128, , 4, 4)

typedef void (*panel_product)(const float *, clp_size, clp_size, clp_size, const float *, bool, float *);

static panel_product product_for(int level) {
#if defined(__x86_64__)
    if (level == 2) return product_512;
    if (level == 1) return product_256;
#endif
    (void)level;
    return product_128;
}

void clp_panel_product(int level, const float *a, clp_size rows, clp_size inner, const float *b, float *c) {
    product_for(level)(a, inner, rows, inner, b, false, c);
}

clp_size clp_winograd_scratch(clp_size tiles, clp_size inputs) {
    return clp_winograd_tiles_size(tiles, inputs) + clp_winograd_products(tiles) + inputs;
}

clp_size clp_winograd_tiles_size(clp_size tiles, clp_size inputs) { return POINTS * (tiles * inputs + SKEW); }

clp_size clp_winograd_products(clp_size tiles) { return POINTS * (tiles * PANEL + SKEW); }

void clp_winograd_tiles(const float *x, const clp_window *w, clp_size output_height, clp_size first, clp_size count,
                        float *v, clp_size total, clp_size begin, const float *zeros) {
    clp_size channels = w->channels, across = (w->output_width + 3) / 4, down = (output_height + 3) / 4;
    for (clp_size t = 0; t < count; ++t) {
        clp_size frame = (first + t) / (across * down), place = (first + t) % (across * down);
        const float *image = x + frame * w->height * w->width * channels;
        clp_size y0 = place / across * 4 - w->top, x0 = place % across * 4 - w->left;
        const float *source[POINTS];
        for (int i = 0; i < 6; ++i)
            for (int j = 0; j < 6; ++j) {
                bool inside = y0 + i >= 0 && y0 + i < w->height && x0 + j >= 0 && x0 + j < w->width;
                source[i * 6 + j] = inside ? image + ((y0 + i) * w->width + x0 + j) * channels : zeros;
            }
        transform_input(source, v + (begin + t) * channels, total * channels + SKEW, channels);
    }
}

void clp_winograd_multiply(const float *v, clp_size channels, clp_size count, clp_size first, clp_size inputs, const float *u,
                           float *m) {
    panel_product product = product_for(clp_processor_level());
    for (int point = 0; point < POINTS; ++point)
        product(v + point * (count * channels + SKEW) + first, channels, count, inputs,
                u + point * (inputs * PANEL + SKEW), first > 0, m + point * (count * PANEL + SKEW));
}

void clp_winograd_outputs(const float *m, const clp_window *w, clp_size output_height, clp_size outputs, clp_size panel,
                          const float *bias, int activation, float *y, clp_size first, clp_size count) {
    clp_size width = w->output_width, across = (width + 3) / 4, down = (output_height + 3) / 4;
    clp_size kept = outputs - panel * PANEL < PANEL ? outputs - panel * PANEL : PANEL;
    float shift[PANEL] = {0};
    if (bias) memcpy(shift, bias + panel * PANEL, (size_t)kept * sizeof(float));
    for (clp_size t = 0; t < count; ++t) {
        float tile[16 * PANEL];
        transform_output(m + t * PANEL, count * PANEL + SKEW, tile);
        clp_bias_activation(tile, shift, 16, PANEL, PANEL, activation);
        clp_size frame = (first + t) / (across * down), place = (first + t) % (across * down);
        clp_size y0 = place / across * 4, x0 = place % across * 4;
        for (clp_size i = 0; i < 4 && y0 + i < output_height; ++i)
            for (clp_size j = 0; j < 4 && x0 + j < width; ++j)
                memcpy(y + ((frame * output_height + y0 + i) * width + x0 + j) * outputs + panel * PANEL,
                       tile + (i * 4 + j) * PANEL, (size_t)kept * sizeof(float));
    }
}

void clp_winograd(const float *x, const clp_window *w, clp_size output_height, const float *packed, clp_size outputs,
                  const float *bias, int activation, float *y, clp_size first, clp_size count, float *scratch) {
    clp_size channels = w->channels;
    float *v = scratch;
    float *m = v + clp_winograd_tiles_size(count, channels);
    float *zeros = m + clp_winograd_products(count);
    memset(zeros, 0, (size_t)channels * sizeof(float));
    clp_winograd_tiles(x, w, output_height, first, count, v, count, 0, zeros);
    for (clp_size panel = 0; panel * PANEL < outputs; ++panel) {
        clp_winograd_multiply(v, channels, count, 0, channels, packed + panel * clp_winograd_panel_size(channels), m);
        clp_winograd_outputs(m, w, output_height, outputs, panel, bias, activation, y, first, count);
    }
}
