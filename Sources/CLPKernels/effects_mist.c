// Mist: wide pale wisps that rise out of all of the place, where the photo's own mist is too smooth to be seen moving.
#include <math.h>
#include "effects_scene.h"

enum { WISPS = 140 };

void effects_mist(scene *s) {
    const float amount = s->effects.amount[CLP_MIST], dx = s->span / GRID, dy = s->tall / GRID;
    int lowest[GRID], found = 0;
    float area = 0;
    for (int j = 0; j < GRID; ++j) {
        lowest[j] = -1;
        for (int i = 0; i < GRID; ++i)
            if (s->ground[i * GRID + j] > 0.5f) {
                lowest[j] = i;
                area += dx * dy;
            }
    }
    // It is seen where it lies before something darker: about the lower edge of the mist that is there, and a little below.
    const float below = between(0.02f, 0.4f * sqrtf(area), 0.2f), above = 0.8f * below;
    int cells[GRID * GRID];
    for (int j = 0; j < GRID; ++j)
        for (int i = lowest[j] - (int)(above / dy); lowest[j] >= 0 && i <= lowest[j] + (int)(below / dy); ++i)
            if (i >= 0 && i < GRID) cells[found++] = i * GRID + j;
    if (found == 0) return;
    area = (float)found * dx * dy;
    const float scale = between(0.03f, 0.3f * sqrtf(area), 0.12f);
    const int count = (int)between(4, (0.5f + 0.5f * amount) * (0.6f + 0.4f * s->density) * 1.2f * area / (scale * scale), WISPS);
    // Paler and brighter than what is there, by day; mist at night has the night's light.
    const float white = 0.45f + 0.25f * s->effects.daylight;
    float colour[3];
    for (int c = 0; c < 3; ++c) colour[c] = s->effects.tint[c] + white * (1 - s->effects.tint[c]) * (0.3f + 0.7f * s->effects.daylight);
    for (int k = 0; k < count; ++k) {
        dice own = dice_for(s->effects.seed, CLP_MIST, (uint32_t)k, 0);
        turn t = scene_turn(s, roll_in(&own, 2.6f, 4.0f) / (0.5f + 0.5f * s->speed), ((float)k + roll(&own)) / (float)count);
        dice d = dice_for(s->effects.seed, CLP_MIST, (uint32_t)k, t.cycle + 1);
        const int cell = cells[(int)(roll(&d) * 0.9999f * (float)found)];
        const float part = t.age / t.life, rise = (0.11f + 0.9f * scale) * s->speed * roll_in(&d, 0.8f, 1.2f);
        const float x = ((float)(cell % GRID) + roll(&d)) * dx + (s->effects.wind * 0.10f + 0.02f * roll_in(&d, -1, 1)) * t.age * s->speed;
        const float y = ((float)(cell / GRID) + 0.5f) * dy + 0.4f * rise * t.life - rise * t.age;
        const float radius = scale * roll_in(&d, 0.75f, 1.35f) * (0.8f + 0.7f * part);
        const float home = 0.3f + 0.7f * fmaxf(scene_grid(s, s->ground, x, y), scene_grid(s, s->ground, x, y - below));
        const float alpha = smooth(0, 0.3f, part) * smooth(0, 0.4f, 1 - part) * (0.22f + 0.30f * amount) * home * s->fade *
                            between(0.3f, 0.5f + 0.5f * s->effects.strength, 1.3f);
        if (alpha < 0.008f) continue;
        mark *m = scene_puff(s, x, y, radius);
        const float tone = roll_in(&d, 0.94f, 1.06f);
        m->red = colour[0] * tone; m->green = colour[1] * tone; m->blue = colour[2] * tone;
        m->detail[0] = 20 * roll(&d); m->detail[1] = 20 * roll(&d);
        m->detail[2] = 0.25f * t.age * s->speed + 9 * roll(&d);
        m->detail[3] = 1.05f;
        m->radius1 = 0.8f;  // hardly shaded: light comes through it from all sides
        m->alpha0 = alpha;
        m->seed = (uint32_t)s->effects.seed + 977u + (uint32_t)k;
    }
}
