#include "clp_math.h"
#include "clp_plates.h"

void clp_mask_holes(const float *mask, uint8_t *known, clp_size count, float threshold) {
    for (clp_size i = 0; i < count; ++i) known[i] = mask[i] > threshold ? CLP_HOLE : CLP_KNOWN;
}

// Holes along one line of pixels that lie `step` apart.
static void grow_line(const uint8_t *x, uint8_t *y, clp_size count, clp_size step, clp_size radius) {
    clp_size since = radius + 1;  // pixels since the last hole
    for (clp_size i = 0; i < count; ++i) {
        since = x[i * step] == CLP_HOLE ? 0 : since + 1;
        y[i * step] = since <= radius ? CLP_HOLE : x[i * step];
    }
    since = radius + 1;
    for (clp_size i = count - 1; i >= 0; --i) {
        since = x[i * step] == CLP_HOLE ? 0 : since + 1;
        if (since <= radius) y[i * step] = CLP_HOLE;
    }
}

void clp_grow_holes(uint8_t *known, clp_size height, clp_size width, clp_size radius, uint8_t *scratch) {
    for (clp_size y = 0; y < height; ++y) grow_line(known + y * width, scratch + y * width, width, 1, radius);
    for (clp_size x = 0; x < width; ++x) grow_line(scratch + x, known + x, height, width, radius);
}

clp_size clp_known_range(const float *picture, const uint8_t *known, clp_size count, float lowest[3], float highest[3]) {
    clp_size holes = 0;
    bool any = false;
    for (int c = 0; c < 3; ++c) lowest[c] = highest[c] = 0;
    for (clp_size i = 0; i < count; ++i, picture += 3) {
        if (known[i] == CLP_HOLE) {
            ++holes;
            continue;
        }
        for (int c = 0; c < 3; ++c) {
            if (!any || picture[c] < lowest[c]) lowest[c] = picture[c];
            if (!any || picture[c] > highest[c]) highest[c] = picture[c];
        }
        any = true;
    }
    return holes;
}
