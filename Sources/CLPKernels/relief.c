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

void clp_relief_bounds(const float *x, clp_size rows, clp_size columns, clp_size reach_down, clp_size reach_across, float *bounds) {
    const clp_size across = (columns + CLP_RELIEF_BLOCK - 1) / CLP_RELIEF_BLOCK;
    for (clp_size top = 0; top < rows; top += CLP_RELIEF_BLOCK) {
        for (clp_size left = 0; left < columns; left += CLP_RELIEF_BLOCK) {
            float low = 1, high = 0;
            for (clp_size i = at_least(top - reach_down, 0); i < at_most(top + CLP_RELIEF_BLOCK + reach_down, rows); ++i) {
                for (clp_size j = at_least(left - reach_across, 0); j < at_most(left + CLP_RELIEF_BLOCK + reach_across, columns); ++j) {
                    const float value = x[i * columns + j];
                    low = value < low ? value : low;
                    high = value > high ? value : high;
                }
            }
            float *bound = bounds + (top / CLP_RELIEF_BLOCK * across + left / CLP_RELIEF_BLOCK) * 2;
            bound[0] = low, bound[1] = high;
        }
    }
}
