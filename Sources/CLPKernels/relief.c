#include "clp_relief.h"

#include <math.h>

#include "clp_math.h"

CLP_INLINE clp_size at_least(clp_size a, clp_size b) { return a > b ? a : b; }
CLP_INLINE clp_size at_most(clp_size a, clp_size b) { return a < b ? a : b; }

typedef struct { float low, high; } range;

// Of the square of 2 * radius + 1 cells around one.
CLP_INLINE range around(const float *x, clp_size rows, clp_size columns, clp_size row, clp_size column, clp_size radius) {
    range r = {x[row * columns + column], x[row * columns + column]};
    for (clp_size i = at_least(row - radius, 0); i <= at_most(row + radius, rows - 1); ++i) {
        for (clp_size j = at_least(column - radius, 0); j <= at_most(column + radius, columns - 1); ++j) {
            const float other = x[i * columns + j];
            r.low = other < r.low ? other : r.low;
            r.high = other > r.high ? other : r.high;
        }
    }
    return r;
}

void clp_relief_sharpen(const float *x, clp_size rows, clp_size columns, clp_size radius, float least, float *y) {
    for (clp_size row = 0; row < rows; ++row) {
        for (clp_size column = 0; column < columns; ++column) {
            const float value = x[row * columns + column];
            const range r = around(x, rows, columns, row, column, radius);
            y[row * columns + column] = r.high - r.low <= least ? value : value - r.low > 0.5f * (r.high - r.low) ? r.high : r.low;
        }
    }
}

void clp_relief_grow(const float *x, clp_size rows, clp_size columns, clp_size radius, float *y) {
    for (clp_size row = 0; row < rows; ++row)
        for (clp_size column = 0; column < columns; ++column) y[row * columns + column] = around(x, rows, columns, row, column, radius).high;
}

// The mean around place i of a line whose cells are `step` apart.
CLP_INLINE float flat(const float *line, clp_size i, clp_size length, clp_size step, clp_size radius, float tolerance) {
    float sum = line[i * step];
    int count = 1;
    for (int way = -1; way <= 1; way += 2) {
        float before = line[i * step];
        for (clp_size k = 1; k <= radius; ++k) {
            const clp_size place = i + way * k;
            if (place < 0 || place >= length || !(fabsf(line[place * step] - before) <= tolerance)) break;
            before = line[place * step];
            sum += before;
            ++count;
        }
    }
    return sum / (float)count;
}

void clp_relief_flatten_rows(const float *x, clp_size columns, clp_size radius, float tolerance, clp_size first, clp_size last, float *y) {
    for (clp_size row = first; row < last; ++row)
        for (clp_size i = 0; i < columns; ++i) y[row * columns + i] = flat(x + row * columns, i, columns, 1, radius, tolerance);
}

void clp_relief_flatten_columns(const float *x, clp_size rows, clp_size columns, clp_size radius, float tolerance, clp_size first, clp_size last,
                                float *y) {
    for (clp_size column = first; column < last; ++column)
        for (clp_size i = 0; i < rows; ++i) y[i * columns + column] = flat(x + column, i, rows, columns, radius, tolerance);
}

// Whether what a cell belongs to, depths within `step` of its own, is less wide than `narrow` cells in its row.
CLP_INLINE bool is_narrow(const float *line, clp_size columns, clp_size column, clp_size narrow, float step) {
    clp_size wide = 1;
    for (int way = -1; way <= 1; way += 2)
        for (clp_size k = column + way; wide < narrow && k >= 0 && k < columns && fabsf(line[k] - line[column]) <= step; k += way) ++wide;
    return wide < narrow;
}

void clp_relief_stand(const float *x, clp_size rows, clp_size columns, clp_size narrow, clp_size gap, float step, uint8_t *thin, float *y) {
    for (clp_size row = rows - 1; row >= 0; --row) {
        for (clp_size column = 0; column < columns; ++column) {
            const clp_size cell = row * columns + column;
            y[cell] = x[cell];
            thin[cell] = is_narrow(x + row * columns, columns, column, narrow, step);
            if (!thin[cell]) continue;
            for (clp_size below = row + 1; below <= at_most(row + gap, rows - 1); ++below) {
                const clp_size other = below * columns + column;
                if (!thin[other] || !(fabsf(x[other] - x[cell]) <= step)) continue;
                y[cell] = y[other];
                break;
            }
        }
    }
}

// How much a place differs from what is to its left and right, where that is alike; 0 where it is not.
CLP_INLINE float stands_out(const float *picture, clp_size columns, clp_size row, clp_size column, clp_size aside) {
    if (column < aside || column + aside >= columns) return 0;
    const float *here = picture + (row * columns + column) * 3, *left = here - aside * 3, *right = here + aside * 3;
    float most = 0;
    for (int c = 0; c < 3; ++c) {
        if (fabsf(left[c] - right[c]) > 0.05f) return 0;
        const float off = fabsf(here[c] - 0.5f * (left[c] + right[c]));
        most = off > most ? off : most;
    }
    return most;
}

void clp_relief_tips(float *x, const float *picture, clp_size rows, clp_size columns, clp_size longest, float step, uint8_t *thin) {
    const clp_size aside = 5;
    const float least = 0.05f;
    // From here on `thin` counts how many rows a thing may still go up.
    for (clp_size cell = 0; cell < rows * columns; ++cell) thin[cell] = thin[cell] ? (uint8_t)(longest < 255 ? longest : 255) : 0;
    for (clp_size row = rows - 2; row >= 0; --row) {
        for (clp_size column = 1; column + 1 < columns; ++column) {
            const clp_size cell = row * columns + column;
            for (clp_size other = cell + columns - 1; other <= cell + columns + 1; ++other) {
                if (thin[other] < 2 || !(x[other] - x[cell] > step) || !(stands_out(picture, columns, row, column, aside) > least)) continue;
                x[cell] = x[other];
                thin[cell] = thin[other] - 1;
            }
        }
    }
}

void clp_relief_bounds(const float *x, clp_size rows, clp_size columns, clp_size reach_down, clp_size reach_across, float *own, float *bounds) {
    enum { BLOCK = CLP_RELIEF_BLOCK };
    const clp_size high = (rows + BLOCK - 1) / BLOCK, wide = (columns + BLOCK - 1) / BLOCK;
    for (clp_size i = 0; i < high * wide; ++i) own[2 * i] = 1, own[2 * i + 1] = 0;
    for (clp_size row = 0; row < rows; ++row) {
        for (clp_size column = 0; column < columns; ++column) {
            float *bound = own + (row / BLOCK * wide + column / BLOCK) * 2;
            const float value = x[row * columns + column];
            bound[0] = value < bound[0] ? value : bound[0];
            bound[1] = value > bound[1] ? value : bound[1];
        }
    }
    const clp_size down = (reach_down + BLOCK - 1) / BLOCK, across = (reach_across + BLOCK - 1) / BLOCK;
    for (clp_size row = 0; row < high; ++row) {
        for (clp_size column = 0; column < wide; ++column) {
            float low = 1, most = 0;
            for (clp_size i = at_least(row - down, 0); i <= at_most(row + down, high - 1); ++i) {
                for (clp_size j = at_least(column - across, 0); j <= at_most(column + across, wide - 1); ++j) {
                    const float *other = own + (i * wide + j) * 2;
                    low = other[0] < low ? other[0] : low;
                    most = other[1] > most ? other[1] : most;
                }
            }
            bounds[(row * wide + column) * 2] = low;
            bounds[(row * wide + column) * 2 + 1] = most;
        }
    }
}
