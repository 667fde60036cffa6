#include "clp_math.h"
#include "clp_plates.h"

enum { RADIUS = CLP_PATCH_RADIUS, SIDE = 2 * RADIUS + 1, ROW = SIDE * 4 };

CLP_INLINE clp_size clamp_size(clp_size x, clp_size low, clp_size high) { return x < low ? low : (x > high ? high : x); }

// The nearest patch centre of a pixel: patches stay inside the picture.
CLP_INLINE clp_size centre(clp_size i, clp_size size) { return clamp_size(i, RADIUS, size - 1 - RADIUS); }

CLP_INLINE int32_t masked_distance(const int16_t *a, const int16_t *b, const int16_t *mask, clp_size step, int32_t start,
                                   int32_t best) {
    int32_t sum = start;
    for (int j = 0; j < SIDE && sum < best; ++j, a += step, b += step, mask += step)
        for (int k = 0; k < ROW; ++k) {
            int16_t d = (int16_t)((a[k] - b[k]) & mask[k]);
            sum += (int32_t)d * (int32_t)d;
        }
    return sum;
}

// Steps from the known part, up to diagonals, by two sweeps.
static void rings(const clp_patches *l, int16_t *ring) {
    const clp_size width = l->width, height = l->height;
    for (int sweep = 0; sweep < 2; ++sweep)
        for (clp_size i = 0; i < width * height; ++i) {
            const clp_size p = sweep == 0 ? i : width * height - 1 - i, x = p % width, y = p / width;
            int nearest = sweep == 0 ? INT16_MAX - 2 : ring[p];
            if (l->known[p]) nearest = 0;
            const clp_size back = sweep == 0 ? -1 : 1;
            const bool beside = x + back >= 0 && x + back < width, above = y + back >= 0 && y + back < height;
            if (beside && ring[p + back] + 2 < nearest) nearest = ring[p + back] + 2;
            if (above && ring[p + back * width] + 2 < nearest) nearest = ring[p + back * width] + 2;
            if (beside && above && ring[p + back * width + back] + 3 < nearest) nearest = ring[p + back * width + back] + 3;
            const bool across = x - back >= 0 && x - back < width;
            if (across && above && ring[p + back * width - back] + 3 < nearest) nearest = ring[p + back * width - back] + 3;
            ring[p] = (int16_t)(nearest > INT16_MAX - 3 ? INT16_MAX - 3 : nearest);
        }
}

CLP_CLONES void clp_patches_peel(clp_patches *l, const int32_t *sources, clp_size count, int16_t *ring, int16_t *filled) {
    const clp_size width = l->width, height = l->height, step = width * 4, corner = RADIUS * width + RADIUS;
    rings(l, ring);
    int deepest = 0;
    for (clp_size p = 0; p < width * height; ++p) {
        deepest = ring[p] > deepest ? ring[p] : deepest;
        for (int c = 0; c < 4; ++c) filled[4 * p + c] = l->known[p] ? -1 : 0;
    }
    for (int depth = 1; depth <= deepest; ++depth)
        for (clp_size p = 0; p < width * height; ++p) {
            if (ring[p] != depth) continue;
            const clp_size x = p % width, y = p / width, cx = centre(x, width), cy = centre(y, height);
            const clp_size c = cy * width + cx;
            int seen = 0;
            for (clp_size j = 0; j < SIDE; ++j)
                for (clp_size i = 0; i < SIDE; ++i) seen -= filled[4 * (c - corner + j * width + i)];
            // Few known pixels must weigh as much against the price as a whole patch does.
            const float share = (float)seen / (SIDE * SIDE);
            const clp_size ax = clamp_size(cx, l->left, l->right - 1), ay = clamp_size(cy, l->top, l->bottom - 1);
            int32_t best = INT32_MAX;
            clp_size found = sources[0];
            for (clp_size s = 0; s < count; ++s) {
                const clp_size q = sources[s];
                const float dx = (float)(q % width - ax), dy = (float)(q / width - ay);
                const int32_t start = (int32_t)(share * (l->column_price * (dx * dx) + l->row_price * (dy * dy)));
                const int32_t cost = masked_distance(l->pixels + 4 * (c - corner), l->pixels + 4 * (q - corner),
                                                     filled + 4 * (c - corner), step, start, best);
                if (cost >= best) continue;
                best = cost;
                found = q;
            }
            if (l->kind[c] == CLP_PATCH_TARGET) l->match[c] = (int32_t)found;
            const clp_size from = found + p - c;
            for (int k = 0; k < 4; ++k) {
                l->pixels[4 * p + k] = l->pixels[4 * from + k];
                filled[4 * p + k] = -1;
            }
        }
    for (clp_size p = 0; p < width * height; ++p)
        if (l->kind[p] == CLP_PATCH_TARGET && l->match[p] < 0) l->match[p] = sources[(p * 7919) % count];
}

void clp_patches_refine(clp_patches *l, const clp_patches *half, const int32_t *sources, clp_size count) {
    const clp_size width = l->width;
    for (clp_size y = 0; y < l->height; ++y)
        for (clp_size x = 0; x < width; ++x) {
            const clp_size p = y * width + x;
            if (l->kind[p] != CLP_PATCH_TARGET) continue;
            const clp_size cx = centre(x / 2, half->width), cy = centre(y / 2, half->height);
            const clp_size q = half->match[cy * half->width + cx];
            l->match[p] = -1;
            l->cost[p] = 0;
            if (q >= 0) {
                const clp_size sx = clamp_size(x + 2 * (q % half->width - cx), 0, width - 1);
                const clp_size sy = clamp_size(y + 2 * (q / half->width - cy), 0, l->height - 1);
                if (l->kind[sy * width + sx] == CLP_PATCH_SOURCE) l->match[p] = (int32_t)(sy * width + sx);
            }
            if (l->match[p] < 0) l->match[p] = sources[(p * 7919) % count];
        }
}

CLP_CLONES void clp_patches_vote(clp_patches *l, clp_size first, clp_size last, float scale) {
    CLP_CONTRACT
    const clp_size width = l->width, height = l->height;
    for (clp_size y = first; y < last; ++y)
        for (clp_size x = 0; x < width; ++x) {
            const clp_size p = y * width + x;
            if (l->known[p]) continue;
            float sum[4] = {0, 0, 0, 0}, total = 0;
            const clp_size top = y - RADIUS < 0 ? 0 : y - RADIUS, bottom = y + RADIUS < height ? y + RADIUS : height - 1;
            const clp_size left = x - RADIUS < 0 ? 0 : x - RADIUS, right = x + RADIUS < width ? x + RADIUS : width - 1;
            for (clp_size j = top; j <= bottom; ++j)
                for (clp_size i = left; i <= right; ++i) {
                    const clp_size c = j * width + i;
                    if (l->match[c] < 0) continue;
                    const float ratio = (float)l->cost[c] / scale, weight = 1 / (1 + ratio * ratio);
                    const int16_t *from = l->pixels + 4 * (l->match[c] + p - c);
                    for (int k = 0; k < 4; ++k) sum[k] += weight * (float)from[k];
                    total += weight;
                }
            if (total <= 0) continue;
            for (int k = 0; k < 4; ++k) l->pixels[4 * p + k] = (int16_t)(sum[k] / total + 0.5f);
        }
}
