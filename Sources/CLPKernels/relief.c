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
