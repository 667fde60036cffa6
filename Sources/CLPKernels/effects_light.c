// What content does to the light on the picture: weather greys it, clouds shade it, fire and lightning light it up, stars
// want a dark sky.
#include "effects_scene.h"

/// y[j] = the grid's value at (x[j], y[j]) in cells.
CLP_CLONES static void look_up(const float *restrict grid, const float *restrict column, const float *restrict row,
                               float *restrict value, clp_size count) {
    CLP_CONTRACT
    for (clp_size j = 0; j < count; ++j) {
        float c = between(0, column[j], GRID - 1.001f), r = between(0, row[j], GRID - 1.001f);
        int32_t x = (int32_t)c, y = (int32_t)r, at = y * GRID + x;
        float u = c - (float)x, v = r - (float)y;
        value[j] = (1 - v) * ((1 - u) * grid[at] + u * grid[at + 1]) +
                   v * ((1 - u) * grid[at + GRID] + u * grid[at + GRID + 1]);
    }
}

/// The grid over the row, as the light uses it.
static void spread(const scene *s, const float *grid, clp_size row, float *column, float *line, float *value) {
    const float y = ((float)row + 0.5f) / (float)s->height * GRID - 0.5f;
    for (clp_size j = 0; j < s->width; ++j) {
        column[j] = ((float)(int32_t)j + 0.5f) / (float)s->width * GRID - 0.5f;
        line[j] = y;
    }
    look_up(grid, column, line, value, s->width);
}

CLP_CLONES static void tone(float grey, const float *restrict gain, const float *restrict lift, float *restrict frame,
                            clp_size count) {
    CLP_CONTRACT
    for (clp_size j = 0; j < count; ++j) {
        float r = frame[3 * j], g = frame[3 * j + 1], b = frame[3 * j + 2];
        float luma = grey * (0.299f * r + 0.587f * g + 0.114f * b), keep = 1 - grey;
        frame[3 * j] = (r * keep + luma) * gain[0] + lift[0];
        frame[3 * j + 1] = (g * keep + luma) * gain[1] + lift[1];
        frame[3 * j + 2] = (b * keep + luma) * gain[2] + lift[2];
    }
}

void paint_light(const scene *s, clp_size row, float *frame, float *scratch) {
    const clp_size width = s->width;
    float *column = scratch, *line = column + width, *value = line + width;
    if (s->dusk > 0) {
        // Little light is left by day's end, the more of it blue, and the brightest loses most.
        static const float left[3] = {0.30f, 0.37f, 0.52f};
        const float grey = 0.35f * s->dusk;
        for (clp_size j = 0; j < width; ++j) {
            float *p = frame + 3 * j, luma = between(0, 0.3f * p[0] + 0.6f * p[1] + 0.1f * p[2], 1);
            for (int c = 0; c < 3; ++c)
                p[c] = (p[c] + grey * (luma - p[c])) * (1 - s->dusk * (1 - left[c]) * (0.7f + 0.3f * luma));
        }
    }
    if (s->night > 0) {
        spread(s, s->sky, row, column, line, value);
        for (clp_size j = 0; j < width; ++j) {
            float luma = 0.3f * frame[3 * j] + 0.6f * frame[3 * j + 1] + 0.1f * frame[3 * j + 2];
            float keep = 1 - s->night * value[j] * (0.35f + 0.65f * between(0, luma, 1));
            frame[3 * j] *= keep * (1 - 0.12f * s->night * value[j]);
            frame[3 * j + 1] *= keep * (1 - 0.08f * s->night * value[j]);
            frame[3 * j + 2] *= keep;
        }
    }
    if (s->shadow.depth > 0) {
        spread(s, s->sky, row, column, line, value);
        paint_shadows(s, row, value, frame);
    }
    if (s->glow_strength > 0) {
        static const float warm[3] = {1.7f, 0.65f, 0.05f}, faint[3] = {0.22f, 0.08f, 0.012f};
        spread(s, s->glow, row, column, line, value);
        for (clp_size j = 0; j < width; ++j) {
            float light = s->glow_strength * value[j];
            // Daylight leaves little for it to add.
            for (int c = 0; c < 3; ++c) {
                float *p = frame + 3 * j + c, room = between(0, 1 - *p, 1);
                *p += light * (warm[c] * *p + faint[c]) * room;
            }
        }
    }
    const float *g = s->gain, *l = s->lift;
    if (s->grey != 0 || g[0] != 1 || g[1] != 1 || g[2] != 1 || l[0] != 0 || l[1] != 0 || l[2] != 0)
        tone(s->grey, g, l, frame, width);
}
