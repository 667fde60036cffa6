// Shadows of racing clouds: soft dark patches that run with the wind over all that is not the sky.
#include "effects_scene.h"

static const float cell = 0.5f;  // of the noise along the wind, in short sides
static const float flat = 2;      // seen from the ground, patches are this many times as wide as they are high

void effects_shadows(scene *s) {
    const float amount = s->effects.amount[CLP_SHADOWS], speed = (0.6f + 2.2f * amount) * s->speed / cell;  // cells a second
    s->shadow.depth = 0.95f * amount * s->fade;
    s->shadow.way = s->effects.wind < 0 ? -1 : 1;
    // In a loop all that passes has come round after the clip.
    s->shadow.rows = s->effects.loops ? __builtin_fmaxf(1, __builtin_roundf(speed * s->effects.seconds)) : 4096;
    s->shadow.run = s->effects.loops ? s->shadow.rows * s->time : speed * s->now;
}

CLP_CLONES void paint_shadows(const scene *s, clp_size row, const float *restrict sky, float *restrict frame) {
    CLP_CONTRACT
    static const float kept[3] = {0.06f, 0.10f, 0.20f};  // what the sky still lights is blue
    const float y = ((float)row + 0.5f) / s->unit * flat / cell, scale = s->shadow.way / s->unit / cell;
    const float rows = s->shadow.rows;
    const uint32_t seed = (uint32_t)s->effects.seed + 7919u;
    for (clp_size j = 0; j < s->width; ++j) {
        const float x = ((float)(int32_t)j + 0.5f) * scale - s->shadow.run;
        const float n = noise3(y, x, 0, rows, 1, seed) + 0.35f * noise3(2 * y, 2 * x, 0, 2 * rows, 1, seed + 1);
        const float dark = s->shadow.depth * smooth(-0.3f, 0.34f, n) * (1 - between(0, sky[j], 1));
        for (int c = 0; c < 3; ++c) frame[3 * j + c] *= 1 - dark * (1 - kept[c]);
    }
}
