#include "clp_math.h"
#include "clp_plates.h"

// From matches to pixels. Copies that meet are made to agree as in gradient-domain editing (Perez et al. 2003): each pair of
// neighbours is asked to differ as their sources do.

typedef float four __attribute__((vector_size(16)));

CLP_INLINE clp_size clamp_size(clp_size x, clp_size low, clp_size high) { return x < low ? low : (x > high ? high : x); }

// The nearest patch centre of a pixel: patches stay inside the picture.
CLP_INLINE clp_size centre(clp_size i, clp_size size) {
    return clamp_size(i, CLP_PATCH_RADIUS, size - 1 - CLP_PATCH_RADIUS);
}

CLP_INLINE four pixel(const clp_patches *l, clp_size p) {
    const int16_t *v = l->pixels + 4 * p;
    four result = {v[0], v[1], v[2], 0};
    return result;
}

// Where a pixel at (x, y) is copied from; itself where it is known, -1 if nobody knows.
CLP_INLINE clp_size source(const clp_patches *l, clp_size x, clp_size y) {
    const clp_size p = y * l->width + x;
    if (l->known[p]) return p;
    const clp_size c = centre(y, l->height) * l->width + centre(x, l->width);
    return l->match[c] < 0 ? -1 : l->match[c] + p - c;
}

CLP_INLINE bool known(const clp_patches *l, clp_size x, clp_size y) {
    return x >= 0 && y >= 0 && x < l->width && y < l->height && l->known[y * l->width + x];
}

CLP_CLONES void clp_patches_seams(const clp_patches *l, clp_size first, clp_size last, float *seams) {
    static const int steps[4][2] = {{0, -1}, {-1, 0}, {1, 0}, {0, 1}};
    const clp_size width = l->width;
    for (clp_size y = first; y < last; ++y)
        for (clp_size x = 0; x < width; ++x) {
            four sum = {0, 0, 0, 0};
            const clp_size p = y * width + x, s = l->known[p] ? -1 : source(l, x, y);
            for (int k = 0; k < 4 && s >= 0; ++k) {
                const clp_size dx = steps[k][0], dy = steps[k][1], step = dy * width + dx;
                if (x + dx < 0 || y + dy < 0 || x + dx >= width || y + dy >= l->height) continue;
                const clp_size t = source(l, x + dx, y + dy);
                if (t < 0 || t == s + step) continue;
                four wanted = {0, 0, 0, 0};
                int voices = 0;
                if (known(l, s % width + dx, s / width + dy)) wanted += pixel(l, s + step) - pixel(l, s), ++voices;
                if (!l->known[p + step] && known(l, t % width - dx, t / width - dy))
                    wanted += pixel(l, t) - pixel(l, t - step), ++voices;
                if (voices) sum += wanted / (float)voices - (pixel(l, t) - pixel(l, s));
            }
            __builtin_memcpy(seams + 4 * p, &sum, 16);
        }
}

CLP_CLONES void clp_patches_relax(const clp_patches *l, const float *seams, float *correction, clp_size first, clp_size last,
                                  int parity, float stiffness) {
    const clp_size width = l->width;
    const float haste = 1.8f;
    for (clp_size y = first; y < last; ++y)
        for (clp_size x = (y + parity) % 2; x < width; x += 2) {
            const clp_size p = y * width + x;
            if (l->known[p]) continue;
            const four *around = (const four *)correction + p;
            four sum = -((const four *)seams)[p];
            float count = stiffness;
            if (x > 0) sum += around[-1], ++count;
            if (x + 1 < width) sum += around[1], ++count;
            if (y > 0) sum += around[-width], ++count;
            if (y + 1 < l->height) sum += around[width], ++count;
            ((four *)correction)[p] += haste * (sum / count - around[0]);
        }
}

CLP_CLONES void clp_patches_transfer(const clp_patches *l, const float *correction, const uint8_t *known, clp_size height,
                                     clp_size width, clp_size first, clp_size last, const float *lowest, const float *highest,
                                     float *picture) {
    CLP_CONTRACT
    const float down_x = (float)l->width / (float)width, down_y = (float)l->height / (float)height;
    const float up_x = (float)width / (float)l->width, up_y = (float)height / (float)l->height;
    for (clp_size y = first; y < last; ++y)
        for (clp_size x = 0; x < width; ++x) {
            if (known[y * width + x]) continue;
            const float bx = ((float)x + 0.5f) * down_x - 0.5f, by = ((float)y + 0.5f) * down_y - 0.5f;
            const clp_size x0 = (clp_size)__builtin_floorf(bx), y0 = (clp_size)__builtin_floorf(by);
            four sum = {0, 0, 0, 0}, rough = {0, 0, 0, 0}, shift = {0, 0, 0, 0};
            float total = 0, corrected = 0;
            for (clp_size j = y0 - 1; j <= y0 + 2; ++j)
                for (clp_size i = x0 - 1; i <= x0 + 2; ++i) {
                    if (i < 0 || j < 0 || i >= l->width || j >= l->height) continue;
                    const clp_size b = j * l->width + i;
                    const float weight = (2 - __builtin_fabsf(bx - (float)i)) * (2 - __builtin_fabsf(by - (float)j));
                    if (!l->known[b]) {
                        shift += weight * ((const four *)correction)[b];
                        rough += weight * pixel(l, b);
                        corrected += weight;
                    }
                    const clp_size cx = centre(i, l->width), cy = centre(j, l->height), q = l->match[cy * l->width + cx];
                    if (q < 0) continue;
                    const clp_size sx = x + (clp_size)__builtin_roundf((float)(q % l->width - cx) * up_x);
                    const clp_size sy = y + (clp_size)__builtin_roundf((float)(q / l->width - cy) * up_y);
                    if (sx < 0 || sy < 0 || sx >= width || sy >= height || known[sy * width + sx] != CLP_KNOWN) continue;
                    const float *from = picture + 3 * (sy * width + sx);
                    const four copy = {from[0], from[1], from[2], 0};
                    sum += weight * copy;
                    total += weight;
                }
            if (total > 0)
                sum = sum / total + (corrected > 0 ? shift / (corrected * CLP_PATCH_WHITE) : shift);
            else if (corrected > 0)
                sum = rough / (corrected * CLP_PATCH_WHITE);
            float *to = picture + 3 * (y * width + x);
            for (int k = 0; k < 3; ++k) {
                float value = sum[k] > lowest[k] ? sum[k] : lowest[k];
                to[k] = value < highest[k] ? value : highest[k];
            }
        }
}
