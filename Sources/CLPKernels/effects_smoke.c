// Smoke: puffs that leave the top of the place, grow as they rise, and drift with the wind.
#include <math.h>
#include <stdlib.h>
#include "effects_scene.h"

enum { PUFFS = 160, ROOM = GRID / 7 };
/// Radii at which nothing is left of a puff: the noise never pushes it further out.
static const float reach = 1.42f;
typedef struct { float part, age; int slot; uint32_t cycle; } puff;

mark *scene_puff(scene *s, float x, float y, float radius) {
    mark *m = scene_mark(s, PUFF, OVER);
    float pixels = fmaxf(radius * s->unit, 1);
    m->x0 = x * s->unit; m->y0 = y * s->unit;
    m->radius0 = pixels;
    m->left = m->x0 - reach * pixels; m->right = m->x0 + reach * pixels;
    m->top = m->y0 - reach * pixels; m->bottom = m->y0 + reach * pixels;
    return m;
}

static int oldest_first(const void *a, const void *b) {
    const puff *p = a, *q = b;
    if (p->part != q->part) return p->part > q->part ? -1 : 1;
    return p->slot - q->slot;
}

void effects_smoke(scene *s) {
    const float amount = s->effects.amount[CLP_SMOKE], dx = s->span / GRID, dy = s->tall / GRID;
    // Its mouth: what of the place is at the top of its column, and not far below the highest point.
    int top = GRID, bottom = 0;
    for (int i = 0; i < GRID * GRID; ++i)
        if (s->ground[i] > 0.5f) {
            if (i / GRID < top) top = i / GRID;
            bottom = i / GRID;
        }
    if (top >= GRID) return;
    int limit = top + 1 + (bottom - top) / 7, inset = 0;
    // Smoke that leaves the picture where it begins is not seen: its mouth is lower then, below the place if that is all at the border.
    if (top < ROOM) inset = bottom > ROOM ? (ROOM - top) + (bottom - ROOM) / 4 : 2 * ROOM - top;
    int mouth[GRID * 2], cells = 0;
    for (int j = 0; j < GRID; ++j)
        for (int i = top; i <= limit; ++i)
            if (s->ground[i * GRID + j] > 0.5f) {
                if (cells < GRID * 2) mouth[cells++] = (i + inset < GRID ? i + inset : GRID - 1) * GRID + j;
                break;
            }
    if (cells == 0) return;
    const float wide = (float)cells * dx;
    // It begins to come out with the clip, and its front climbs fast at first.
    const float since = s->effects.loops ? 1e6f : 0.12f + 1.7f * s->now;
    // A wisp of steam is thin and white, thick smoke is grey.
    const float thick = smooth(0, 1, 0.30f * s->density + 0.70f * smooth(0.25f, 0.95f, wide));
    const float scale = between(0.018f, 0.012f + 0.20f * wide, 0.065f);
    const int count = (int)between(1, 85 * (0.35f + 0.65f * amount) * (0.4f + 0.6f * s->density), PUFFS);
    puff puffs[PUFFS];
    for (int k = 0; k < count; ++k) {
        dice own = dice_for(s->effects.seed, CLP_SMOKE, (uint32_t)k, 0);
        turn t =
            scene_turn(s, roll_in(&own, 2.6f, 4.0f) / (0.4f + 0.6f * s->speed), ((float)k + roll(&own)) / (float)count);
        puffs[k] = (puff){t.age / t.life, t.age, k, t.cycle};
    }
    qsort(puffs, (size_t)count, sizeof puffs[0], oldest_first);
    for (int k = 0; k < count; ++k) {
        const float age = puffs[k].age, part = puffs[k].part, born = since - age;
        if (born <= 0) continue;
        dice d = dice_for(s->effects.seed, CLP_SMOKE, (uint32_t)puffs[k].slot, puffs[k].cycle + 1);
        int cell = mouth[(int)((0.5f + 0.5f * (roll(&d) - roll(&d))) * 0.9999f * (float)cells)];
        float rise = (0.16f + 1.6f * scale) * s->speed * roll_in(&d, 0.82f, 1.18f);
        float up = rise * age, lean = s->effects.wind * (0.30f * age + 0.06f * age * age) * s->speed;
        float sway = roll_in(&d, -1, 1), phase = 6.28f * roll(&d);
        float x = ((float)(cell % GRID) + roll(&d)) * dx + lean + sway * 0.16f * up +
                  0.018f * sinf(phase + 2.2f * age) * fminf(1, 4 * up);
        float y = ((float)(cell / GRID) + 0.5f) * dy + 0.5f * scale - up;
        float radius = scale * roll_in(&d, 0.8f, 1.25f) * (1 + 2.1f * sqrtf(between(0, up, 4) / (0.12f + 2 * scale)));
        float alpha = smooth(0, 0.07f, part) * powf(fmaxf(0, 1 - part), 1.15f) * (0.35f + 0.45f * amount) *
                      (0.2f + 0.8f * thick) * smooth(0, 0.25f, born) * smooth(0, 0.12f, s->effects.strength);
        if (alpha < 0.012f) continue;
        float tone = (roll_in(&d, 0.72f, 1.08f) * (1 - 0.10f * part)) * (1.14f - 0.14f * thick);
        mark *m = scene_puff(s, x, y, radius);
        m->red = 0.90f * tone; m->green = 0.89f * tone; m->blue = 0.88f * tone;
        m->detail[3] = 0.20f + 0.55f * part + 0.35f * (1 - thick);
        m->alpha0 = alpha;
        m->detail[0] = 20 * roll(&d); m->detail[1] = 20 * roll(&d);
        m->detail[2] = 0.55f * age * s->speed + 9 * roll(&d);
        m->seed = (uint32_t)s->effects.seed + (uint32_t)puffs[k].slot;
    }
}

CLP_CLONES static void billow(const mark *m, float y, clp_size first, clp_size count, float *restrict density,
                              float *restrict shade) {
    CLP_CONTRACT
    const float inverse = 1 / m->radius0, v = (y - m->y0) * inverse, x0 = m->x0;
    const float ox = m->detail[0], oy = m->detail[1], z = m->detail[2], even = m->radius1;
    for (clp_size j = 0; j < count; ++j) {
        float u = ((float)(int32_t)(first + j) + 0.5f - x0) * inverse;
        float n = noise2(1.7f * u + ox + 0.3f * z, 1.7f * v + oy + 0.6f * z, m->seed);
        float f = noise2(3.9f * u + ox - 0.8f * z, 3.9f * v + oy + 0.9f * z, m->seed + 1);
        float lumps = 0.62f * n + 0.33f * f;
        float body = 1 - __builtin_sqrtf(u * u + v * v) + between(-0.62f, 0.62f * lumps, 0.42f);
        density[j] = smooth(0.04f, 0.04f + m->detail[3], body);
        // Lit from above on the left; the lumps stand out.
        float lit = between(0.30f, 0.80f - 0.40f * v - 0.20f * u + 0.50f * lumps, 1.20f);
        shade[j] = lit + even * (1 - lit);
    }
}

void paint_puff(const scene *s, const mark *m, clp_size row, float *frame, float *scratch) {
    const float v = ((float)row + 0.5f - m->y0) / m->radius0, half = reach * reach - v * v;
    if (half <= 0) return;
    const float wide = sqrtf(half) * m->radius0;
    const clp_size first = (clp_size)between(0, m->x0 - wide, (float)s->width);
    const clp_size count = (clp_size)between(0, m->x0 + wide + 1, (float)s->width) - first;
    if (count <= 0) return;
    float *density = scratch, *shade = scratch + s->width;
    billow(m, (float)row + 0.5f, first, count, density, shade);
    for (clp_size j = 0; j < count; ++j) {
        float a = density[j] * m->alpha0, *p = frame + 3 * (first + j);
        p[0] += a * (m->red * shade[j] - p[0]);
        p[1] += a * (m->green * shade[j] - p[1]);
        p[2] += a * (m->blue * shade[j] - p[2]);
    }
}
