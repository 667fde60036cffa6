#include "effects_scene.h"

static bool finite_within(float x) { return x > -1e6f && x < 1e6f; }

mark *scene_mark(scene *s, enum shape shape, enum blend blend) {
    mark *m = &s->marks[s->count < MARKS - 1 ? s->count++ : MARKS - 1];
    memset(m, 0, sizeof *m);
    m->shape = shape;
    m->blend = blend;
    return m;
}

static mark *scene_stroke(scene *s, enum shape shape, enum blend blend, float x0, float y0, float x1, float y1,
                          float extent, const float colour[3], float alpha) {
    if (!(finite_within(x0) && finite_within(y0) && finite_within(x1) && finite_within(y1))) x0 = y0 = x1 = y1 = -100;
    mark *m = scene_mark(s, shape, blend);
    m->x0 = x0 * s->unit; m->y0 = y0 * s->unit;
    m->x1 = x1 * s->unit; m->y1 = y1 * s->unit;
    m->left = __builtin_fminf(m->x0, m->x1) - extent; m->right = __builtin_fmaxf(m->x0, m->x1) + extent;
    m->top = __builtin_fminf(m->y0, m->y1) - extent; m->bottom = __builtin_fmaxf(m->y0, m->y1) + extent;
    m->red = colour[0]; m->green = colour[1]; m->blue = colour[2];
    m->alpha0 = m->alpha1 = alpha;
    if (m->bottom < 0 || m->right < 0 || m->top > (float)s->height || m->left > (float)s->width) {
        // Out of the picture: the next mark takes its place.
        if (s->count > 0 && m == &s->marks[s->count - 1]) s->count--;
    }
    return m;
}

mark *scene_line(scene *s, enum blend blend, float x0, float y0, float x1, float y1, float radius, float soft,
                 const float colour[3], float alpha) {
    const float least = 0.6f;
    float pixels = radius * s->unit;
    if (pixels < least) {
        bool dot = x0 == x1 && y0 == y1;
        alpha *= dot ? (pixels / least) * (pixels / least) : pixels / least;
        pixels = least;
    }
    float edge = __builtin_fmaxf(1, 2 * soft * pixels);
    mark *m = scene_stroke(s, CAPSULE, blend, x0, y0, x1, y1, pixels + edge / 2, colour, alpha);
    m->radius0 = m->radius1 = pixels;
    m->soft = edge;
    return m;
}

mark *scene_glow(scene *s, float x, float y, float radius, const float colour[3], float alpha) {
    float pixels = __builtin_fmaxf(radius * s->unit, 1);
    mark *m = scene_stroke(s, GLOW, ADD, x, y, x, y, pixels, colour, alpha);
    m->radius0 = pixels;
    return m;
}

float scene_grid(const scene *s, const float *grid, float x, float y) {
    float c = between(0, x / s->span * GRID - 0.5f, GRID - 1.001f),
          r = between(0, y / s->tall * GRID - 0.5f, GRID - 1.001f);
    int i = (int)r, j = (int)c;
    const float *g = grid + i * GRID + j;
    float u = c - (float)j, v = r - (float)i;
    return (1 - v) * ((1 - u) * g[0] + u * g[1]) + v * ((1 - u) * g[GRID] + u * g[GRID + 1]);
}

turn scene_turn(const scene *s, float life, float phase) {
    turn t;
    float place;
    uint32_t lives = 0;
    if (s->effects.loops) {
        lives = (uint32_t)between(1, s->effects.seconds / life + 0.5f, 4096);
        place = s->time * (float)lives + phase;
        life = s->effects.seconds / (float)lives;
    } else {
        place = s->now / life + phase;
    }
    float whole = __builtin_floorf(place);
    t.cycle = (uint32_t)between(0, whole, 1e9f);
    if (lives > 0) t.cycle %= lives;
    float part = place - whole;
    t.age = part * life;
    t.life = life;
    t.edge = smooth(0, 0.15f, part) * smooth(0, 0.15f, 1 - part);
    return t;
}

float scene_event_age(const scene *s, uint32_t kind, int index, int count) {
    dice d = dice_for(s->effects.seed, kind + 100, (uint32_t)index, 0);
    float start = s->effects.seconds * ((float)index + 0.12f + 0.5f * roll(&d)) / (float)count;
    float age = s->now - start;
    if (s->effects.loops && age < 0) age += s->effects.seconds;
    return age;
}

int scene_count(const scene *s, int kind, float natural) {
    return (int)between(0, natural * s->effects.amount[kind] * s->density * s->span * s->tall + 0.5f, 3000);
}

void scene_night(scene *s, float sky, float day) {
    s->night = __builtin_fmaxf(s->night, (sky + (0.88f - sky) * day * s->effects.daylight) * s->evening);
    s->dusk = __builtin_fmaxf(s->dusk, day * s->effects.daylight * s->evening);
}

// ---- places ----

static float mask_value(const float *mask, clp_size rows, clp_size columns, float row, float column) {
    row = between(0, row, (float)(rows - 1));
    column = between(0, column, (float)(columns - 1));
    clp_size i = (clp_size)row, j = (clp_size)column;
    clp_size below = i + 1 < rows ? i + 1 : i, right = j + 1 < columns ? j + 1 : j;
    float v = row - (float)i, u = column - (float)j;
    float a = between(0, mask[i * columns + j], 1), b = between(0, mask[i * columns + right], 1);
    float c = between(0, mask[below * columns + j], 1), d = between(0, mask[below * columns + right], 1);
    return (1 - v) * ((1 - u) * a + u * b) + v * ((1 - u) * c + u * d);
}

float clp_effects_daylight(const float *frame, clp_size height, clp_size width) {
    enum { STEPS = 24 };
    float sum = 0;
    for (int i = 0; i < STEPS; ++i)
        for (int j = 0; j < STEPS; ++j) {
            const float *p = frame + ((2 * i + 1) * height / (2 * STEPS) * width + (2 * j + 1) * width / (2 * STEPS)) * 3;
            sum += between(0, 0.3f * p[0] + 0.6f * p[1] + 0.1f * p[2], 1);
        }
    return smooth(0.15f, 0.42f, sum / (STEPS * STEPS));
}

void clp_effects_tint(const float *frame, clp_size height, clp_size width, const float *grid, float *tint) {
    float sum[3] = {0, 0, 0}, total = 1e-3f;
    for (int i = 0; i < GRID * GRID; i += 7) {
        float weight = grid ? grid[i] : 1;
        const float *p = frame + ((2 * (i / GRID) + 1) * height / (2 * GRID) * width + (2 * (i % GRID) + 1) * width / (2 * GRID)) * 3;
        for (int c = 0; c < 3; ++c) sum[c] += weight * between(0, p[c], 1);
        total += weight;
    }
    for (int c = 0; c < 3; ++c) tint[c] = sum[c] / total;
}

bool clp_effects_place(const float *mask, clp_size rows, clp_size columns, float *grid) {
    enum { TAPS = 3 };
    float peak = 0, total = 0;
    for (int i = 0; i < GRID * GRID; ++i) {
        float sum = 0;
        for (int k = 0; k < TAPS * TAPS; ++k) {
            float r = ((float)(i / GRID) + ((float)(k / TAPS) + 0.5f) / TAPS) / GRID * (float)rows - 0.5f;
            float c = ((float)(i % GRID) + ((float)(k % TAPS) + 0.5f) / TAPS) / GRID * (float)columns - 0.5f;
            sum += mask_value(mask, rows, columns, r, c);
        }
        grid[i] = sum / (TAPS * TAPS);
        peak = grid[i] > peak ? grid[i] : peak;
    }
    if (peak < 0.2f) return false;
    for (int i = 0; i < GRID * GRID; ++i) {
        grid[i] = smooth(0.25f, 0.7f, grid[i] / peak);
        total += grid[i];
    }
    return total >= 3;
}
