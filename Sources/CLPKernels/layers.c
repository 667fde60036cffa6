#include "clp_layers.h"
#include "clp_sampling.h"

// Cubic or linear weights.
CLP_INLINE void weights_of(float t, bool cubic, float w[4]) {
    if (cubic) clp_cubic(t, w);
    else w[0] = 1 - t, w[1] = t;
}

// A picture [height, width, 3] at pixel place (x, y), mirrored beyond its border.
CLP_INLINE clp_four colour_at(const float *picture, clp_size height, clp_size width, float x, float y, bool cubic) {
    CLP_CONTRACT
    const int taps = cubic ? 4 : 2;
    float bx = __builtin_floorf(x), by = __builtin_floorf(y), wx[4], wy[4];
    clp_size left = (clp_size)bx - (cubic ? 1 : 0), top = (clp_size)by - (cubic ? 1 : 0);
    weights_of(x - bx, cubic, wx);
    weights_of(y - by, cubic, wy);
    clp_four sum = {0, 0, 0, 0};
    // The last column stays out: a load of its pixel would read beyond the picture.
    if (left >= 0 && top >= 0 && left + taps < width && top + taps <= height) {
        const float *p = picture + (top * width + left) * 3;
        for (int i = 0; i < taps; ++i, p += width * 3) {
            clp_four across = wx[0] * clp_load_four(p) + wx[1] * clp_load_four(p + 3);
            if (cubic) across += wx[2] * clp_load_four(p + 6) + wx[3] * clp_load_four(p + 9);
            sum += wy[i] * across;
        }
        return sum;
    }
    for (int i = 0; i < taps; ++i) {
        const float *line = picture + clp_fold(top + i, height, true) * width * 3;
        for (int j = 0; j < taps; ++j) {
            const float *p = line + clp_fold(left + j, width, true) * 3;
            clp_four pixel = {p[0], p[1], p[2], 0};
            sum += wy[i] * wx[j] * pixel;
        }
    }
    return sum;
}

// One value a pixel, bilinear; mirrored beyond the border, or 0 there.
CLP_INLINE float value_at(const float *plane, clp_size height, clp_size width, float x, float y, bool zero) {
    CLP_CONTRACT
    float bx = __builtin_floorf(x), by = __builtin_floorf(y), tx = x - bx, ty = y - by, sum = 0;
    clp_size left = (clp_size)bx, top = (clp_size)by;
    for (int i = 0; i < 2; ++i) {
        for (int j = 0; j < 2; ++j) {
            clp_size row = top + i, column = left + j;
            if (row < 0 || row >= height || column < 0 || column >= width) {
                if (zero) continue;
                row = clp_fold(row, height, true), column = clp_fold(column, width, true);
            }
            sum += (i ? ty : 1 - ty) * (j ? tx : 1 - tx) * plane[row * width + column];
        }
    }
    return sum;
}

// Where of a coarse grid the middle of place i of `out` lies.
CLP_INLINE float on_grid(float i, clp_size out, clp_size in) {
    float place = (i + 0.5f) * (float)in / (float)out - 0.5f;
    place = place > 0 ? place : 0;
    return place < (float)(in - 1) ? place : (float)(in - 1);
}

// A plane on the grid of the depth, where a pixel of the photo lies.
CLP_INLINE float on_depth_grid(const clp_layers *l, const float *plane, float x, float y) {
    CLP_CONTRACT
    return value_at(plane, l->depth_rows, l->depth_columns, on_grid(x, l->width, l->depth_columns), on_grid(y, l->height, l->depth_rows), false);
}

// A camera that passes by, before what is near and far with edges between.
typedef struct passing {
    float x, y;  // units by which depth 1 is moved against depth 0
    float step;  // of depth, at most a cell and a half
} passing;

// A camera that moves aside moves what is near farther, and one that comes nearer makes that larger. (x, y): where it looks, (shift_x, shift_y): how
// far it has moved.
CLP_INLINE passing passing_by(const clp_layers *l, float s, float x, float y, float shift_x, float shift_y) {
    const clp_relief *r = l->relief;
    const float zoom = l->camera[2];
    passing p = {l->camera[4] + r->closeness * (shift_x + zoom * x), l->camera[5] + r->closeness * (shift_y + zoom * y), 1};
    const float cells = s * (float)r->columns / (float)l->width;  // in a unit
    const float longer = cells * (p.x * p.x > p.y * p.y ? (p.x < 0 ? -p.x : p.x) : (p.y < 0 ? -p.y : p.y));
    p.step = 1.5f / (longer < 192 ? (longer > 30 ? longer : 30) : 192);
    return p;
}

// Between four cells that belong to two things it is the one or the other's: a slope there would show the rim of the nearer one again and again.
CLP_INLINE float depth_at(const clp_layers *l, float x, float y) {
    const clp_relief *r = l->relief;
    const float column = on_grid(x, l->width, r->columns), row = on_grid(y, l->height, r->rows);
    const clp_size left = (clp_size)column, top = (clp_size)row, right = left + 1 < r->columns ? 1 : 0, down = top + 1 < r->rows ? r->columns : 0;
    const float *cell = r->near + top * r->columns + left, tx = column - (float)left, ty = row - (float)top;
    const float a = cell[0], b = cell[right], c = cell[down], d = cell[down + right];
    float low = a < b ? a : b, high = a < b ? b : a;
    low = c < low ? c : low, low = d < low ? d : low;
    high = c > high ? c : high, high = d > high ? d : high;
    const float value = (1 - ty) * ((1 - tx) * a + tx * b) + ty * ((1 - tx) * c + tx * d);
    return high - low < 0.06f ? value : value - low > 0.5f * (high - low) ? high : low;
}

// Where the ray that meets (*x, *y) at depth 0.5 first meets something, walking from near to far (relief mapping, Policarpo et al. 2005). A ray that
// passes the edge of a thing and runs into its side sees what is behind, which the photo does not show: what is beside, mirrored.
CLP_INLINE void meet(const clp_layers *l, const passing *p, float s, float middle_x, float middle_y, float *x, float *y) {
    const clp_relief *r = l->relief;
    const float column = on_grid(*x * s + middle_x, l->width, r->columns), row = on_grid(*y * s + middle_y, l->height, r->rows);
    const float *bound = r->bounds + ((clp_size)row / CLP_RELIEF_BLOCK * r->block_columns + (clp_size)column / CLP_RELIEF_BLOCK) * 2;
    const float low = bound[0], deep = 0.04f + 2 * p->step;
#define NEAR(t) depth_at(l, (*x - p->x * ((t) - 0.5f)) * s + middle_x, (*y - p->y * ((t) - 0.5f)) * s + middle_y)
    float found = low, t = bound[1], last = t, before = 0, beside = low;
    for (bool first = true;; first = false) {
        const float near = NEAR(t), over = near - t;
        if (over >= 0) {
            found = first ? t : before < -deep ? near : t + (last - t) * over / (over - before);
            if (first || over <= deep) break;
            float inside = t, edge = last;
            for (int round = 0; round < 4; ++round) {
                const float middle = 0.5f * (inside + edge);
                if (NEAR(middle) > middle) inside = middle;
                else edge = middle;
            }
            found = 2 * edge - beside;  // as far from the edge as the place behind it
            for (int round = 0; round < 4 && NEAR(found) > beside + deep; ++round) found = 0.5f * (found + edge);  // not onto another thing
            break;
        }
        if (!(t > low)) break;
        before = over, beside = near, last = t;
        t = t - p->step > low ? t - p->step : low;
    }
#undef NEAR
    *x -= p->x * (found - 0.5f);
    *y -= p->y * (found - 0.5f);
}

typedef struct offset {
    float x, y, log_gain;
} offset;

// What the region's waves do at a place.
CLP_INLINE offset offset_at(const clp_layers *l, float x, float y) {
    CLP_CONTRACT
    const float cell = (float)(l->offset_side - 1) / (2 * l->offset_reach);
    float length = 1;
    if (l->recede_height > 0) {
        // As long as the network says at the bottom, half as long at the top; a place is as far along as the waves above it are many.
        float u = (y - l->recede_top) / l->recede_height;
        u = u > 0 ? (u < 1 ? u : 1) : 0;
        length = 1 / (2 - u);
        y = l->recede_top + l->recede_height * (2 - 0.5f * u) * u;
        x = l->offset_x + (x - l->offset_x) / length;
    }
    const float gx = (clp_within(x - l->offset_x, l->offset_reach) + l->offset_reach) * cell;
    const float gy = (clp_within(y - l->offset_y, l->offset_reach) + l->offset_reach) * cell;
    clp_size ix = (clp_size)gx, iy = (clp_size)gy;
    ix = ix < l->offset_side - 2 ? ix : l->offset_side - 2;
    iy = iy < l->offset_side - 2 ? iy : l->offset_side - 2;
    const float tx = gx - (float)ix, ty = gy - (float)iy;
    const float *a = l->offsets + (iy * l->offset_side + ix) * 3, *b = a + l->offset_side * 3;
#define MIX(i) ((1 - ty) * ((1 - tx) * a[i] + tx * a[(i) + 3]) + ty * ((1 - tx) * b[i] + tx * b[(i) + 3]))
    return (offset){length * MIX(0), length * MIX(1), MIX(2)};
#undef MIX
}

CLP_CLONES void clp_layers_render(const clp_layers *l, clp_size first, clp_size last, float *y) {
    CLP_CONTRACT
    const clp_size height = l->height, width = l->width;
    const float s = __builtin_sqrtf((float)height * (float)width) / 2, inverse = 1 / s;
    const float middle_x = (float)width / 2 - 0.5f, middle_y = (float)height / 2 - 0.5f;
    const float far = 64;  // units; beyond it a place is as good as any
    const float cc = __builtin_cosf(l->camera[3]), cs = __builtin_sinf(l->camera[3]), cz = clp_exp(-l->camera[2]);
    const float oc = __builtin_cosf(l->object[3]), os = __builtin_sinf(l->object[3]), oz = clp_exp(-l->object[2]);
    const float size = l->half_height > 0.02f ? l->half_height : 0.02f;
    float narrow = 1 - 2 * l->object[4];
    narrow = narrow < 0 ? (narrow < -0.08f ? narrow : -0.08f) : (narrow > 0.08f ? narrow : 0.08f);
    const bool passes = l->camera[4] != 0 || l->camera[5] != 0;
    const bool parallax = l->depth && (passes || (l->relief && (l->camera[0] != 0 || l->camera[1] != 0 || l->camera[2] != 0)));
    const float shift_x = cz * (cc * l->camera[0] + cs * l->camera[1]), shift_y = cz * (cc * l->camera[1] - cs * l->camera[0]);
    const float reach = (float)width / (2 * s) + 1.25f, centre = l->sweep_place * (l->sweep < 0 ? -reach : reach);
    const float shade = l->sweep < 0 ? l->sweep : -l->sweep;
    for (clp_size row = first; row < last; ++row) {
        const float py = ((float)row - middle_y) * inverse;
        float *out = y + row * width * 3;
        for (clp_size column = 0; column < width; ++column, out += 3) {
            const float px = ((float)column - middle_x) * inverse;
            float dx = px - l->camera[0], dy = py - l->camera[1];
            float qx = cz * (cc * dx + cs * dy), qy = cz * (cc * dy - cs * dx);
            if (parallax && l->relief) {
                qx = clp_within(qx, far), qy = clp_within(qy, far);
                const passing passing = passing_by(l, s, qx, qy, shift_x, shift_y);
                meet(l, &passing, s, middle_x, middle_y, &qx, &qy);
            } else if (parallax) {
                const float near = on_depth_grid(l, l->depth, (float)column, (float)row) - 0.5f;
                qx -= l->camera[4] * near, qy -= l->camera[5] * near;
            }
            qx = clp_within(qx, far), qy = clp_within(qy, far);
            const float sx = qx * s + middle_x, sy = qy * s + middle_y;  // pixel of the photo
            clp_four colour = colour_at(l->photo, l->canvas_height, l->canvas_width, sx + (float)l->left, sy + (float)l->top, l->bicubic);
            if (l->offsets) {
                const float inside = value_at(l->region_mask, height, width, sx, sy, false);
                const float loose = l->freedom ? on_depth_grid(l, l->freedom, sx, sy) : 0;
                if (inside > 0.002f || loose > 0.002f) {
                    const float share = l->ease ? on_depth_grid(l, l->ease, sx, sy) : 1;
                    const offset o = offset_at(l, qx, qy);
                    const float ox = share * o.x, oy = share * o.y, fx = (qx + ox) * s + middle_x, fy = (qy + oy) * s + middle_y;
                    clp_four there = colour_at(l->plate, height, width, fx, fy, l->bicubic);
                    if (o.log_gain != 0) there *= clp_exp(share * o.log_gain);
                    colour += inside * (there - colour);
                    if (loose > 0.002f) {
                        // Its outline goes along: what it has left shows what is behind it.
                        const float far_x = ox < 0 ? -ox : ox, far_y = oy < 0 ? -oy : oy, gone = (far_x > far_y ? far_x : far_y) / 0.004f;
                        const clp_four behind = colour_at(l->behind, height, width, sx, sy, l->bicubic);
                        const clp_four moved = behind + value_at(l->region_mask, height, width, fx, fy, false) * (there - behind);
                        colour += loose * (gone < 1 ? gone : 1) * (moved - colour);
                    }
                }
            }
            if (l->object_mask) {
                float ux = (qx - l->centre_x) / size - l->object[0], uy = (qy - l->centre_y) / size - l->object[1] - l->pivot;
                float vx = oz * (oc * ux + os * uy), vy = oz * (oc * uy - os * ux) + l->pivot;
                vx /= narrow;
                float up = (1 - vy) / 2;
                up = up > 0 ? (up < 1.3f ? up : 1.3f) : 0;
                up = up * __builtin_sqrtf(up);
                vx -= l->object[5] * up, vy -= l->object[6] * up;
                const float ax = clp_within(l->centre_x + size * vx, far), ay = clp_within(l->centre_y + size * vy, far);
                float gone_x = ax - qx, gone_y = ay - qy;
                gone_x = gone_x < 0 ? -gone_x : gone_x, gone_y = gone_y < 0 ? -gone_y : gone_y;
                float moved = (gone_x > gone_y ? gone_x : gone_y) / 0.004f;
                moved = moved < 1 ? moved : 1;
                if (moved > 0) {
                    // Faded as a whole: faded one by one, what lies behind would shine through an object that hardly moves.
                    clp_four composed = colour;
                    if (value_at(l->object_mask, height, width, sx, sy, false) > 0.04f)
                        composed = colour_at(l->background, height, width, sx, sy, l->bicubic);
                    const float fx = ax * s + middle_x, fy = ay * s + middle_y;
                    const float opaque = value_at(l->object_mask, height, width, fx, fy, true);
                    if (opaque > 0.002f) {
                        clp_four it = colour_at(l->photo, l->canvas_height, l->canvas_width, fx + (float)l->left, fy + (float)l->top, l->bicubic);
                        composed += opaque * (it - composed);
                    }
                    colour += moved * (composed - colour);
                }
            }
            float dark = 0;
            if (shade != 0) {
                float across = (px - centre) / 0.5f;
                dark = shade * clp_exp(-across * across);
            }
            for (int c = 0; c < 3; ++c) {
                float log_gain = l->light[c] + dark;
                out[c] = log_gain == 0 ? colour[c] : colour[c] * clp_exp(clp_within(log_gain, 3));
            }
        }
    }
}
