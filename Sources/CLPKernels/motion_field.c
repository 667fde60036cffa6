#include "clp_motion.h"
#include "clp_sampling.h"

// One row at a time, in scratch memory.
typedef struct {
    float *dense;     // [3][columns + 1]: u, v, g of one row of the grid; the last value twice
    float *u, *v;     // [width]: displacement in pixels
    float *light;     // [width]
    float *gain;      // [3][width]
    float *upper;     // [width]: weight of the right one of two grid columns
    int32_t *left;    // [width]: the left one
} lines;

clp_size clp_motion_scratch(const clp_motion *motion) { return 3 * (motion->columns + 1) + 8 * motion->width; }

// Where torch's linear enlargement (align_corners false) looks for output pixel i: the lower neighbour and the weight of
// the upper one.
CLP_INLINE int32_t enlarge(clp_size i, clp_size in, float ratio, float *upper) {
    float place = ((float)i + 0.5f) * ratio - 0.5f;
    place = place > 0 ? place : 0;
    int32_t low = (int32_t)place;
    low = low < (int32_t)in - 1 ? low : (int32_t)in - 1;
    *upper = place - (float)low;
    return low;
}

CLP_INLINE lines prepare(const clp_motion *m, float *scratch) {
    const clp_size width = m->width;
    lines l;
    l.dense = scratch;
    l.u = l.dense + 3 * (m->columns + 1);
    l.v = l.u + width;
    l.light = l.v + width;
    l.gain = l.light + width;
    l.upper = l.gain + 3 * width;
    l.left = (int32_t *)(l.upper + width);
    const float ratio = (float)m->columns / (float)width;
    for (clp_size j = 0; j < width; ++j) l.left[j] = enlarge(j, m->columns, ratio, l.upper + j);
    return l;
}

// The grid between its rows, at one row of the picture.
CLP_INLINE void dense_row(const clp_motion *m, clp_size row, float *dense) {
    CLP_CONTRACT
    const clp_size columns = m->columns;
    float t;
    clp_size low = enlarge(row, m->rows, (float)m->rows / (float)m->height, &t);
    const float *above = m->dense + low * columns * 3;
    const float *below = low + 1 < m->rows ? above + columns * 3 : above;
    for (clp_size c = 0; c < 3; ++c, dense += columns + 1) {
        for (clp_size k = 0; k < columns; ++k) dense[k] = (1 - t) * above[3 * k + c] + t * below[3 * k + c];
        dense[columns] = dense[columns - 1];
    }
}

// y[j] = a row of the grid between its columns. Three loops that are functions of their own, so that the compiler knows
// the arrays apart and uses vectors.
CLP_CLONES static void between_columns(const float *restrict grid, const int32_t *restrict left,
                                       const float *restrict upper, float *restrict y, clp_size width) {
    CLP_CONTRACT
    for (clp_size j = 0; j < width; ++j) y[j] = (1 - upper[j]) * grid[left[j]] + upper[j] * grid[left[j] + 1];
}

// d[j] = scale * (d[j] + (slope * x + offset)) at x of pixel j, within +-limit.
CLP_CLONES static void displace(float *restrict d, clp_size width, float scale, float slope, float offset, float inverse,
                                float limit) {
    CLP_CONTRACT
    const float half = (float)width / 2;
    for (clp_size j = 0; j < width; ++j) {
        float x = ((float)(int32_t)j + 0.5f - half) * inverse;
        d[j] = clp_within(scale * (d[j] + (slope * x + offset)), limit);
    }
}

CLP_CLONES static void expose(const float *restrict light, float tint, float scale, float *restrict gain,
                              clp_size width) {
    CLP_CONTRACT
    for (clp_size j = 0; j < width; ++j) gain[j] = clp_exp(clp_within(scale * (light[j] + tint), 3));
}

// u, v and gain of one row.
CLP_INLINE void field_row(const clp_motion *m, clp_size row, const lines *l) {
    const clp_size width = m->width, step = m->columns + 1;
    if (m->still) {
        for (clp_size j = 0; j < width; ++j) l->u[j] = l->v[j] = 0;
        for (clp_size j = 0; j < 3 * width; ++j) l->gain[j] = 1;
        return;
    }
    dense_row(m, row, l->dense);
    const float s = __builtin_sqrtf((float)m->height * (float)width) / 2;
    const float longest = (float)(m->height > width ? m->height : width);
    const float y = ((float)row + 0.5f - (float)m->height / 2) / s;
    const float *a = m->affine;
    between_columns(l->dense, l->left, l->upper, l->u, width);
    displace(l->u, width, m->flow_scale * s, a[0], a[1] * y + a[2], 1 / s, longest);
    between_columns(l->dense + step, l->left, l->upper, l->v, width);
    displace(l->v, width, m->flow_scale * s, a[3], a[4] * y + a[5], 1 / s, longest);
    between_columns(l->dense + 2 * step, l->left, l->upper, l->light, width);
    for (int c = 0; c < 3; ++c) expose(l->light, a[6 + c], m->light_scale, l->gain + c * width, width);
}

CLP_CLONES void clp_motion_field(const clp_motion *m, clp_size first, clp_size last, float *flow, float *gain,
                                 float *scratch) {
    const clp_size width = m->width;
    const lines l = prepare(m, scratch);
    for (clp_size row = first; row < last; ++row) {
        field_row(m, row, &l);
        float *to = flow + row * width * 2, *bright = gain + row * width * 3;
        for (clp_size j = 0; j < width; ++j) {
            to[2 * j] = l.u[j];
            to[2 * j + 1] = l.v[j];
            for (int c = 0; c < 3; ++c) bright[3 * j + c] = l.gain[c * width + j];
        }
    }
}

// ---- sampling ----

// A pixel near the picture's border. Mirroring the place of a bilinear sample (as torch does) and mirroring its two
// pixels (as here) are the same thing.
CLP_INLINE clp_four sample_border(const float *photo, clp_size height, clp_size width, clp_size x, clp_size y, int taps,
                              const float *wx, const float *wy, bool reflect) {
    CLP_CONTRACT
    clp_four sum = {0, 0, 0, 0};
    for (int i = 0; i < taps; ++i) {
        const float *line = photo + clp_fold(y + i, height, reflect) * width * 3;
        clp_four across = {0, 0, 0, 0};
        for (int j = 0; j < taps; ++j) {
            const float *p = line + clp_fold(x + j, width, reflect) * 3;
            clp_four pixel = {p[0], p[1], p[2], 0};
            across += wx[j] * pixel;
        }
        sum += wy[i] * across;
    }
    return sum;
}

CLP_INLINE void move_row(const clp_motion *m, const float *photo, clp_size row, bool bicubic, bool reflect,
                         const float *u, const float *v, const float *gain, float *out) {
    CLP_CONTRACT
    const clp_size width = m->width, height = m->height;
    const int taps = bicubic ? 4 : 2;
    for (clp_size j = 0; j < width; ++j, out += 3) {
        float fx = (float)j + u[j], fy = (float)row + v[j];
        if (!bicubic && !reflect) {  // a clamped bilinear place moves to the border
            fx = fx > 0 ? fx : 0;
            fy = fy > 0 ? fy : 0;
            fx = fx < (float)(width - 1) ? fx : (float)(width - 1);
            fy = fy < (float)(height - 1) ? fy : (float)(height - 1);
        }
        float bx = __builtin_floorf(fx), by = __builtin_floorf(fy);
        clp_size x = (clp_size)bx - (bicubic ? 1 : 0), y = (clp_size)by - (bicubic ? 1 : 0);
        float wx[4], wy[4];
        if (bicubic) {
            clp_cubic(fx - bx, wx);
            clp_cubic(fy - by, wy);
        } else {
            wx[1] = fx - bx, wx[0] = 1 - wx[1];
            wy[1] = fy - by, wy[0] = 1 - wy[1];
        }
        clp_four sum = {0, 0, 0, 0};
        // The last column stays out: a load of its pixel would read beyond the picture.
        if (x >= 0 && y >= 0 && x + taps < width && y + taps <= height) {
            const float *p = photo + (y * width + x) * 3;
            for (int i = 0; i < taps; ++i, p += width * 3) {
                clp_four across = wx[0] * clp_load_four(p) + wx[1] * clp_load_four(p + 3);
                if (bicubic) across += wx[2] * clp_load_four(p + 6) + wx[3] * clp_load_four(p + 9);
                sum += wy[i] * across;
            }
        } else {
            sum = sample_border(photo, height, width, x, y, taps, wx, wy, reflect);
        }
        out[0] = gain[j] * sum[0];
        out[1] = gain[width + j] * sum[1];
        out[2] = gain[2 * width + j] * sum[2];
    }
}

CLP_CLONES void clp_motion_move(const clp_motion *m, const float *photo, clp_size first, clp_size last, bool bicubic,
                                bool reflect, float *y, float *scratch) {
    const clp_size width = m->width;
    const lines l = prepare(m, scratch);
    for (clp_size row = first; row < last; ++row) {
        field_row(m, row, &l);
        float *out = y + row * width * 3;
        if (bicubic)
            move_row(m, photo, row, true, reflect, l.u, l.v, l.gain, out);
        else
            move_row(m, photo, row, false, reflect, l.u, l.v, l.gain, out);
    }
}
