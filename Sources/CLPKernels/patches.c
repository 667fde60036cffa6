#include "clp_math.h"
#include "clp_plates.h"

// PatchMatch (Barnes et al. 2009) on one level, in one thread: propagation needs an order.

enum { RADIUS = CLP_PATCH_RADIUS, SIDE = 2 * RADIUS + 1, ROW = SIDE * 4 };

CLP_INLINE uint32_t hash(uint32_t x) {
    x ^= x >> 16;
    x *= 0x7feb352du;
    x ^= x >> 15;
    x *= 0x846ca68bu;
    return x ^ (x >> 16);
}

CLP_INLINE int32_t price(const clp_patches *l, clp_size x, clp_size y, clp_size sx, clp_size sy) {
    const float part = (float)l->share[y * l->width + x] / (SIDE * SIDE);
    x = x < l->left ? l->left : (x >= l->right ? l->right - 1 : x);
    y = y < l->top ? l->top : (y >= l->bottom ? l->bottom - 1 : y);
    const float dx = (float)(sx - x), dy = (float)(sy - y);
    return (int32_t)(part * (l->column_price * (dx * dx) + l->row_price * (dy * dy)));
}

CLP_INLINE int32_t row_distance(const int16_t *a, const int16_t *b) {
    int32_t sum = 0;
    for (int k = 0; k < ROW; ++k) {
        int16_t d = (int16_t)(a[k] - b[k]);
        sum += (int32_t)d * (int32_t)d;
    }
    return sum;
}

// Squared distance of two patches, or something that is at least `best`.
CLP_INLINE int32_t distance(const clp_patches *l, clp_size p, clp_size q, int32_t start, int32_t best) {
    const clp_size step = l->width * 4;
    const clp_size corner = RADIUS * l->width + RADIUS;
    const int16_t *a = l->pixels + (p - corner) * 4, *b = l->pixels + (q - corner) * 4;
    int32_t sum = start;
    for (int j = 0; j < SIDE && sum < best; ++j, a += step, b += step) sum += row_distance(a, b);
    return sum;
}

CLP_CLONES void clp_patches_score(clp_patches *l) {
    const clp_size width = l->width;
    for (clp_size y = 0; y < l->height; ++y)
        for (clp_size x = 0; x < width; ++x) {
            const clp_size p = y * width + x, q = l->match[p];
            if (q >= 0) l->cost[p] = distance(l, p, q, price(l, x, y, q % width, q / width), INT32_MAX);
        }
}

CLP_INLINE void consider(clp_patches *l, clp_size x, clp_size y, clp_size sx, clp_size sy) {
    if (sx < 0 || sy < 0 || sx >= l->width || sy >= l->height) return;
    const clp_size p = y * l->width + x, q = sy * l->width + sx;
    if (l->kind[q] != CLP_PATCH_SOURCE || q == l->match[p]) return;
    const int32_t cost = distance(l, p, q, price(l, x, y, sx, sy), l->cost[p]);
    if (cost >= l->cost[p]) return;
    l->cost[p] = cost;
    l->match[p] = (int32_t)q;
}

CLP_CLONES double clp_patches_search(clp_patches *l, uint32_t pass, clp_size reach) {
    const clp_size width = l->width, height = l->height, count = width * height;
    int64_t total = 0, targets = 0;
    const clp_size back = pass % 2 == 0 ? -1 : 1;  // where the neighbours are that this pass has already seen
    for (clp_size i = 0; i < count; ++i) {
        const clp_size p = pass % 2 == 0 ? i : count - 1 - i;
        if (l->kind[p] != CLP_PATCH_TARGET) continue;
        const clp_size x = p % width, y = p / width;
        // Targets are never on the border, so both neighbours exist.
        const clp_size beside = l->match[p + back], above = l->match[p + back * width];
        if (beside >= 0) consider(l, x, y, beside % width - back, beside / width);
        if (above >= 0) consider(l, x, y, above % width, above / width - back);
        uint32_t random = hash((uint32_t)p * 31u + pass * 0x9e3779b9u);
        for (clp_size r = reach; r >= 1; r /= 2) {
            random = hash(random + 0x6d2b79f5u);
            const clp_size q = l->match[p], span = 2 * r + 1;
            const clp_size dx = (clp_size)(random & 0xffff) * span / 65536 - r;
            const clp_size dy = (clp_size)(random >> 16) * span / 65536 - r;
            consider(l, x, y, q % width + dx, q / width + dy);
        }
        total += l->cost[p];
        ++targets;
    }
    return targets ? (double)total / (double)targets : 0;
}
