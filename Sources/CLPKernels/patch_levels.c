#include "clp_math.h"
#include "clp_plates.h"

// The pyramid under patch completion.

CLP_INLINE int16_t whole(float x) {
    x = x > 0 ? x : 0;  // what is no number becomes 0
    x = x < 1 ? x : 1;
    return (int16_t)(x * CLP_PATCH_WHITE + 0.5f);
}

CLP_CLONES void clp_patches_reduce(clp_patches *level, const float *picture, const uint8_t *known, clp_size height,
                                   clp_size width, clp_size first, clp_size last) {
    const clp_size rows = level->height, columns = level->width;
    for (clp_size y = first; y < last; ++y) {
        const clp_size top = y * height / rows, bottom = ((y + 1) * height + rows - 1) / rows;
        for (clp_size x = 0; x < columns; ++x) {
            const clp_size left = x * width / columns, right = ((x + 1) * width + columns - 1) / columns;
            float sum[3] = {0, 0, 0}, count = 0;
            bool hole = false, shy = false;
            for (clp_size j = top; j < bottom; ++j)
                for (clp_size i = left; i < right; ++i) {
                    const clp_size p = j * width + i;
                    hole |= known[p] == CLP_HOLE;
                    shy |= known[p] == CLP_SHY;
                    if (known[p] == CLP_HOLE) continue;
                    for (int c = 0; c < 3; ++c) sum[c] += picture[3 * p + c];
                    ++count;
                }
            const clp_size p = y * columns + x;
            for (int c = 0; c < 3; ++c) level->pixels[4 * p + c] = count > 0 ? whole(sum[c] / count) : 0;
            level->known[p] = hole ? CLP_HOLE : (shy ? CLP_SHY : CLP_KNOWN);
        }
    }
}

void clp_patches_texture(clp_patches *level, clp_size first, clp_size last) {
    const clp_size width = level->width;
    for (clp_size y = first; y < last; ++y)
        for (clp_size x = 0; x < width; ++x) {
            const clp_size p = y * width + x;
            const int16_t *here = level->pixels + 4 * p;
            int sum = here[0] + here[1] + here[2], steps = 0;
            for (int k = 0; k < 2; ++k) {
                const clp_size next = p + (k == 0 ? 1 : width);
                if ((k == 0 ? x + 1 >= width : y + 1 >= level->height) || !level->known[p] || !level->known[next]) continue;
                const int16_t *there = level->pixels + 4 * next;
                const int step = there[0] + there[1] + there[2] - sum;
                steps += step < 0 ? -step : step;
            }
            steps = steps * 2 / 3;
            level->pixels[4 * p + 3] = (int16_t)(steps < CLP_PATCH_WHITE ? steps : CLP_PATCH_WHITE);
        }
}

void clp_patches_halve(const clp_patches *level, clp_patches *half) {
    for (clp_size y = 0; y < half->height; ++y)
        for (clp_size x = 0; x < half->width; ++x) {
            int sum[4] = {0, 0, 0, 0}, count = 0;
            bool hole = false, shy = false;
            for (clp_size j = 2 * y; j < 2 * y + 2 && j < level->height; ++j)
                for (clp_size i = 2 * x; i < 2 * x + 2 && i < level->width; ++i) {
                    const clp_size p = j * level->width + i;
                    hole |= level->known[p] == CLP_HOLE;
                    shy |= level->known[p] == CLP_SHY;
                    if (level->known[p] == CLP_HOLE) continue;
                    for (int c = 0; c < 4; ++c) sum[c] += level->pixels[4 * p + c];
                    ++count;
                }
            const clp_size p = y * half->width + x;
            for (int c = 0; c < 4; ++c) half->pixels[4 * p + c] = (int16_t)(count ? (sum[c] + count / 2) / count : 0);
            half->known[p] = hole ? CLP_HOLE : (shy ? CLP_SHY : CLP_KNOWN);
        }
}

clp_size clp_patches_classify(clp_patches *level, int32_t *sources) {
    enum { RADIUS = CLP_PATCH_RADIUS };
    const clp_size height = level->height, width = level->width;
    clp_size count = 0;
    for (clp_size y = 0; y < height; ++y)
        for (clp_size x = 0; x < width; ++x) {
            const clp_size p = y * width + x;
            level->match[p] = -1;
            level->cost[p] = 0;
            level->kind[p] = CLP_PATCH_IDLE;
            level->share[p] = 0;
            if (y < RADIUS || x < RADIUS || y + RADIUS >= height || x + RADIUS >= width) continue;
            int holes = 0;
            bool shy = false;
            for (clp_size j = -RADIUS; j <= RADIUS; ++j)
                for (clp_size i = -RADIUS; i <= RADIUS; ++i) {
                    const uint8_t known = level->known[p + j * width + i];
                    holes += known == CLP_HOLE;
                    shy |= known == CLP_SHY;
                }
            level->share[p] = (uint8_t)holes;
            if (holes) level->kind[p] = CLP_PATCH_TARGET;
            if (holes || shy) continue;
            level->kind[p] = CLP_PATCH_SOURCE;
            sources[count++] = (int32_t)p;
        }
    return count;
}
