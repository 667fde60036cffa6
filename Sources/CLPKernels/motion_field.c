#include "clp_motion.h"
#include "clp_math.h"

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

CLP_INLINE float clamp_to(float x, float limit) {
    x = x > -limit ? x : -limit;  // what is no number becomes -limit
    return x < limit ? x : limit;
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
        d[j] = clamp_to(scale * (d[j] + (slope * x + offset)), limit);
    }
}

CLP_CLONES static void expose(const float *restrict light, float tint, float scale, float *restrict gain,
                              clp_size width) {
    CLP_CONTRACT
    for (clp_size j = 0; j < width; ++j) gain[j] = clp_exp(clamp_to(scale * (light[j] + tint), 3));
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

typedef float four __attribute__((vector_size(16)));
// Four floats from an address of any alignment: a pixel, and one value of the next that is not used.
CLP_INLINE four load(const float *p) { four x; __builtin_memcpy(&x, p, 16); return x; }

// An index outside the picture, back into it: mirrored at the edges of the outermost pixels, or the nearest.
CLP_INLINE clp_size fold(clp_size i, clp_size size, bool reflect) {
    if (i >= 0 && i < size) return i;
    if (!reflect) return i < 0 ? 0 : size - 1;
    clp_size place = i % (2 * size);
    if (place < 0) place += 2 * size;
    return place < size ? place : 2 * size - 1 - place;
}

// Weights of taps low - 1 ... low + 2, Keys' cubic with a = -0.75.
CLP_INLINE void cubic(float t, float w[4]) {
    CLP_CONTRACT
    const float a = -0.75f;
    float u = t + 1, s = 1 - t, z = s + 1;
    w[0] = ((a * u - 5 * a) * u + 8 * a) * u - 4 * a;
    w[1] = ((a + 2) * t - (a + 3)) * t * t + 1;
    w[2] = ((a + 2) * s - (a + 3)) * s * s + 1;
    w[3] = ((a * z - 5 * a) * z + 8 * a) * z - 4 * a;
}

// A pixel near the picture's border. Mirroring the place of a bilinear sample (as torch does) and mirroring its two
// pixels (as here) are the same thing.
CLP_INLINE four sample_border(const float *photo, clp_size height, clp_size width, clp_size x, clp_size y, int taps,
                              const float *wx, const float *wy, bool reflect) {
    CLP_CONTRACT
    four sum = {0, 0, 0, 0};
    for (int i = 0; i < taps; ++i) {
        const float *line = photo + fold(y + i, height, reflect) * width * 3;
        four across = {0, 0, 0, 0};
        for (int j = 0; j < taps; ++j) {
            const float *p = line + fold(x + j, width, reflect) * 3;
            four pixel = {p[0], p[1], p[2], 0};
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
            cubic(fx - bx, wx);
            cubic(fy - by, wy);
        } else {
            wx[1] = fx - bx, wx[0] = 1 - wx[1];
            wy[1] = fy - by, wy[0] = 1 - wy[1];
        }
        four sum = {0, 0, 0, 0};
        // The last column stays out: a load of its pixel would read beyond the picture.
        if (x >= 0 && y >= 0 && x + taps < width && y + taps <= height) {
            const float *p = photo + (y * width + x) * 3;
            for (int i = 0; i < taps; ++i, p += width * 3) {
                four across = wx[0] * load(p) + wx[1] * load(p + 3);
                if (bicubic) across += wx[2] * load(p + 6) + wx[3] * load(p + 9);
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
