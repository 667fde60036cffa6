// A frame's scene, and the painting of its rows.
#include <math.h>
#include <stddef.h>
#include "effects_scene.h"

clp_size clp_effects_scene_floats(void) { return (clp_size)((sizeof(scene) + sizeof(float) - 1) / sizeof(float)); }
clp_size clp_effects_scratch(clp_size width) { return 9 * (width + 16); }

/// Places for kinds that the caller gave none: the upper part of the picture, and a spot in its lower middle.
static void default_places(scene *s) {
    for (int i = 0; i < GRID * GRID; ++i) {
        float y = ((float)(i / GRID) + 0.5f) / GRID, x = ((float)(i % GRID) + 0.5f) / GRID;
        float u = (x - 0.5f) * s->span / 0.20f, v = (y - 0.80f) * s->tall / 0.11f;
        s->sky[i] = 1 - smooth(0.48f, 0.68f, y);
        s->ground[i] = 1 - smooth(0.8f, 1.2f, u * u + v * v);
    }
}

typedef struct { int kind; void (*generate)(scene *); } layer;
/// From the far to the near.
static const layer layers[CLP_EFFECTS] = {
    {CLP_STARS, effects_stars}, {CLP_LIGHTNING, effects_lightning}, {CLP_FIREWORKS, effects_fireworks},
    {CLP_SHADOWS, effects_shadows}, {CLP_MIST, effects_mist},
    {CLP_SMOKE, effects_smoke}, {CLP_FIRE, effects_fire}, {CLP_POUR, effects_pour}, {CLP_DRIP, effects_drip},
    {CLP_SPARKS, effects_sparks}, {CLP_LEAVES, effects_leaves}, {CLP_RAIN, effects_rain}, {CLP_SNOW, effects_snow},
};

bool clp_effects_prepare(const clp_effects *effects, float time, clp_size height, clp_size width, float *memory) {
    scene *s = (scene *)(void *)memory;
    memset(s, 0, offsetof(scene, sky));
    s->effects = *effects;
    time = between(0, time, 1);
    if (effects->loops && time >= 1) time = 0;
    s->time = time;
    s->now = time * effects->seconds;
    s->fade = effects->loops ? 1 : smooth(0, 3.0f / 16, time);
    s->evening = effects->loops ? 1 : smooth(0, 0.4f, time);
    const float strength = effects->strength;
    s->speed = strength < 1 ? 0.45f + 0.55f * strength : 1 + 0.45f * (strength - 1);
    s->density = strength < 1 ? strength : 1 + 0.5f * (strength - 1);
    s->height = height; s->width = width;
    s->unit = (float)(height < width ? height : width);
    s->span = (float)width / s->unit;
    s->tall = (float)height / s->unit;
    for (int c = 0; c < 3; ++c) s->gain[c] = 1;
    // A hint of strength makes everything fainter as well.
    s->fade *= smooth(0, 0.25f, strength);
    s->evening *= smooth(0, 0.25f, strength);
    s->count = 0;
    if (s->fade <= 0) return false;
    if (effects->placed) {
        memcpy(s->sky, effects->grid, sizeof s->sky);
        memcpy(s->ground, effects->grid, sizeof s->ground);
    } else {
        default_places(s);
    }
    bool any = false;
    for (int k = 0; k < CLP_EFFECTS; ++k)
        if (effects->amount[layers[k].kind] > 0) {
            layers[k].generate(s);
            any = true;
        }
    return any;
}

// ---- strokes ----

/// The distance-based cover of a line or dot at pixels first ..< first + count of a row, times its alpha there.
CLP_CLONES static void cover_line(const mark *m, float y, clp_size first, clp_size count, float *restrict cover) {
    CLP_CONTRACT
    const float dx = m->x1 - m->x0, dy = m->y1 - m->y0, size = dx * dx + dy * dy, inverse = size > 1e-6f ? 1 / size : 0;
    const float py = y - m->y0, x0 = m->x0, edge = 1 / m->soft;
    const float r0 = m->radius0, dr = m->radius1 - r0, a0 = m->alpha0, da = m->alpha1 - a0;
    for (clp_size j = 0; j < count; ++j) {
        float px = (float)(int32_t)(first + j) + 0.5f - x0;
        float t = between(0, (px * dx + py * dy) * inverse, 1), ex = px - t * dx, ey = py - t * dy;
        float c = between(0, (r0 + t * dr - __builtin_sqrtf(ex * ex + ey * ey)) * edge + 0.5f, 1);
        cover[j] = c * c * (3 - 2 * c) * (a0 + t * da);
    }
}

CLP_CLONES static void cover_glow(const mark *m, float y, clp_size first, clp_size count, float *restrict cover) {
    CLP_CONTRACT
    const float inverse = 1 / (m->radius0 * m->radius0), py = y - m->y0, x0 = m->x0, alpha = m->alpha0;
    for (clp_size j = 0; j < count; ++j) {
        float px = (float)(int32_t)(first + j) + 0.5f - x0, q = (px * px + py * py) * inverse;
        float rest = between(0, 1 - q, 1);
        cover[j] = alpha * rest * rest / (1 + 7 * q);
    }
}

CLP_CLONES static void lay_over(const mark *m, const float *restrict cover, float *restrict frame, clp_size count) {
    CLP_CONTRACT
    const float r = m->red, g = m->green, b = m->blue;
    for (clp_size j = 0; j < count; ++j) {
        frame[3 * j] += cover[j] * (r - frame[3 * j]);
        frame[3 * j + 1] += cover[j] * (g - frame[3 * j + 1]);
        frame[3 * j + 2] += cover[j] * (b - frame[3 * j + 2]);
    }
}

CLP_CLONES static void add_light(const mark *m, const float *restrict cover, float *restrict frame, clp_size count) {
    CLP_CONTRACT
    const float r = m->red, g = m->green, b = m->blue;
    for (clp_size j = 0; j < count; ++j) {
        frame[3 * j] += cover[j] * r;
        frame[3 * j + 1] += cover[j] * g;
        frame[3 * j + 2] += cover[j] * b;
    }
}

// A slanted line touches little of its box in one row: the ends of what it touches.
CLP_INLINE void narrow(const mark *m, float y, clp_size *first, clp_size *last) {
    if (m->shape != CAPSULE) return;
    float reach = (m->radius0 > m->radius1 ? m->radius0 : m->radius1) + m->soft / 2 + 1;
    float dy = m->y1 - m->y0, dx = m->x1 - m->x0;
    if (fabsf(dy) < 1e-3f) return;
    float t0 = between(0, (y - reach - m->y0) / dy, 1), t1 = between(0, (y + reach - m->y0) / dy, 1);
    float a = m->x0 + t0 * dx, b = m->x0 + t1 * dx;
    float left = fminf(a, b) - reach, right = fmaxf(a, b) + reach + 1;
    if (left > (float)*first) *first = left < (float)*last ? (clp_size)left : *last;
    if (right < (float)*last) *last = right > (float)*first ? (clp_size)right : *first;
}

static void paint_ring(const scene *s, const mark *m, clp_size row, float *frame) {
    const float flat = 0.3f, v = ((float)row + 0.5f - m->y0) / flat;
    for (clp_size j = mark_first(m), last = mark_last(s, m); j < last; ++j) {
        float u = (float)j + 0.5f - m->x0, far = sqrtf(u * u + v * v) + 1e-3f;
        // Distance in pixels of the picture, not of the circle that it is when seen from above.
        float scale = sqrtf(u * u + v * v * flat * flat) / far;
        float off = (far - m->radius0) * fmaxf(scale, flat), light = between(0, 1 - fabsf(off) / m->soft, 1);
        float dark = between(0, 1 - fabsf(off + 1.6f * m->soft) / m->soft, 1);
        float a = light * m->alpha0, b = 1 - 0.45f * dark * m->alpha0, *p = frame + 3 * j;
        for (int c = 0; c < 3; ++c) p[c] = (p[c] + a * (1 - p[c])) * b;
    }
}

static void paint_leaf(const scene *s, const mark *m, clp_size row, float *frame) {
    const float size = m->radius0, flip = m->radius1, thin = fabsf(flip), y = (float)row + 0.5f - m->y0;
    const bool lobed = m->detail[0] > 0.55f;
    for (clp_size j = mark_first(m), last = mark_last(s, m); j < last; ++j) {
        float x = (float)j + 0.5f - m->x0;
        float u = (x * m->x1 + y * m->y1) / size, v = (y * m->x1 - x * m->y1) / (size * thin), inside;
        if (u * u > 2.6f || v * v > 2.2f) continue;
        if (lobed) {
            // Five lobes: the radius follows cos 5 theta, a polynomial of cos theta.
            float far = sqrtf(u * u + v * v) + 1e-5f, c = u / far, c2 = c * c;
            float five = c * (16 * c2 * c2 - 20 * c2 + 5), ten = 2 * five * five - 1;
            inside = 0.70f + 0.17f * five + 0.06f * ten + 0.12f * c - far;
        } else {
            float rest = 1 - u * u;
            inside = rest <= 0 ? -1 : 0.44f * rest * (1 - 0.28f * u) - fabsf(v);
        }
        float stem = u < -0.2f && u > -1.45f ? 0.035f - fabsf(v + 0.10f * (u + 0.9f) * (u + 0.9f)) : -1;
        float edge = size * fmaxf(thin, 0.3f) / m->soft;
        float cover = between(0, fmaxf(inside, stem) * edge + 0.5f, 1) * m->alpha0;
        if (cover <= 0) continue;
        float vein = between(0, 1 - fabsf(v) / 0.045f, 1);
        if (lobed) vein = fmaxf(vein, 0.6f * between(0, 1 - fabsf(fabsf(v) - 0.95f * fabsf(u + 0.3f)) / 0.05f, 1));
        float shade = 0.86f + 0.14f * (v > 0 ? flip : -flip) + 0.14f * thin + 0.10f * u - 0.16f * vein;
        if (inside < 0.10f && inside > 0) shade *= 0.90f;
        float *p = frame + 3 * j;
        p[0] += cover * (m->red * shade - p[0]);
        p[1] += cover * (m->green * shade - p[1]);
        p[2] += cover * (m->blue * shade - p[2]);
    }
}

/// A run of UNION marks from `k` on: the largest cover of each pixel counts. Returns the first mark behind the run.
static clp_size paint_union(const scene *s, clp_size k, clp_size row, float *frame, float *scratch) {
    const mark *head = &s->marks[k];
    const float y = (float)row + 0.5f;
    float *cover = scratch, *most = scratch + s->width;
    clp_size left = s->width, right = 0;
    for (; k < s->count && s->marks[k].blend == UNION; ++k) {
        const mark *m = &s->marks[k];
        if (y < m->top - 1 || y > m->bottom + 1) continue;
        clp_size first = mark_first(m), last = mark_last(s, m);
        narrow(m, y, &first, &last);
        if (last <= first) continue;
        if (right <= left) {
            left = right = first;
        }
        while (left > first) most[--left] = 0;
        while (right < last) most[right++] = 0;
        cover_line(m, y, first, last - first, cover);
        for (clp_size j = first; j < last; ++j) most[j] = cover[j - first] > most[j] ? cover[j - first] : most[j];
    }
    if (right > left) add_light(head, most + left, frame + 3 * left, right - left);
    return k;
}

static void paint_row(const scene *s, clp_size row, float *frame, float *scratch) {
    const float y = (float)row + 0.5f;
    paint_light(s, row, frame, scratch);
    for (clp_size k = 0; k < s->count;) {
        const mark *m = &s->marks[k];
        if (m->blend == UNION) {
            k = paint_union(s, k, row, frame, scratch);
            continue;
        }
        ++k;
        if (y < m->top - 1 || y > m->bottom + 1) continue;
        clp_size first = mark_first(m), last = mark_last(s, m);
        if (last <= first) continue;
        switch (m->shape) {
        case LEAF: paint_leaf(s, m, row, frame); break;
        case PUFF: paint_puff(s, m, row, frame, scratch); break;
        case RING: paint_ring(s, m, row, frame); break;
        case DROP: paint_drop(s, m, row, frame, scratch); break;
        case STREAM: paint_stream(s, m, row, frame, scratch); break;
        case FLAMES: paint_flames(s, m, row, frame, scratch); break;
        default:
            narrow(m, y, &first, &last);
            if (last <= first) break;
            if (m->shape == GLOW) cover_glow(m, y, first, last - first, scratch);
            else cover_line(m, y, first, last - first, scratch);
            if (m->blend == OVER) lay_over(m, scratch, frame + 3 * first, last - first);
            else add_light(m, scratch, frame + 3 * first, last - first);
        }
    }
}

CLP_CLONES static void keep_within(float *restrict frame, clp_size count) {
    for (clp_size i = 0; i < count; ++i) frame[i] = between(0, frame[i], 1);
}

void clp_effects_rows(const float *memory, clp_size first, clp_size last, float *frame, float *scratch) {
    const scene *s = (const scene *)(const void *)memory;
    for (clp_size row = first; row < last; ++row) {
        float *pixels = frame + row * s->width * 3;
        paint_row(s, row, pixels, scratch);
        keep_within(pixels, 3 * s->width);
    }
}
