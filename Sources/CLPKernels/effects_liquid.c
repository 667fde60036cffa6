// Liquids: drops that let go of a lower edge, and a stream that is poured in from above. Both are seen through.
#include <math.h>
#include "effects_scene.h"

static const float bright[3] = {1, 1, 1}, water[3] = {0.86f, 0.92f, 0.97f};

static void ring(scene *s, float x, float y, float radius, float alpha) {
    mark *m = scene_mark(s, RING, OVER);
    float pixels = fmaxf(radius * s->unit, 1);
    m->x0 = x * s->unit; m->y0 = y * s->unit;
    m->radius0 = pixels;
    m->soft = fmaxf(1, 0.006f * s->unit);
    m->left = m->x0 - pixels - 2 * m->soft; m->right = m->x0 + pixels + 2 * m->soft;
    m->top = m->y0 - 0.3f * pixels - 2 * m->soft; m->bottom = m->y0 + 0.3f * pixels + 2 * m->soft;
    m->red = m->green = m->blue = 1;
    m->alpha0 = alpha;
}

/// A bead with its tail upwards; `length` and `radius` in short sides.
static void bead(scene *s, float x, float y, float radius, float length, float alpha) {
    mark *m = scene_mark(s, DROP, OVER);
    float pixels = radius * s->unit, least = 0.8f;
    if (pixels < least) alpha *= (pixels / least) * (pixels / least), pixels = least;
    m->x0 = x * s->unit; m->y0 = y * s->unit;
    m->radius0 = pixels;
    m->detail[0] = length * s->unit;
    m->alpha0 = alpha;
    m->left = m->x0 - pixels - 2; m->right = m->x0 + pixels + 2;
    m->top = m->y0 - fmaxf(m->detail[0], pixels) - 2; m->bottom = m->y0 + pixels + 2;
}

/// Small drops thrown up where something has fallen in; `age` since then.
static void splash(scene *s, dice *d, float x, float y, float age, float size, int drops, float alpha) {
    for (int k = 0; k < drops; ++k) {
        float angle = roll_in(d, -1.1f, 1.1f), speed = size * roll_in(d, 4, 9), pull = 2.2f;
        float px = x + speed * 0.6f * sinf(angle) * age, py = y - speed * cosf(angle) * age + pull * age * age;
        if (py > y + 0.01f) continue;
        bead(s, px, py, size * roll_in(d, 0.10f, 0.24f), 0, alpha);
    }
}

void effects_drip(scene *s) {
    const float amount = s->effects.amount[CLP_DRIP], dx = s->span / GRID, dy = s->tall / GRID, pull = 2.6f;
    // Lower edges: the place ends below them, and the picture does not.
    int edges[GRID * 4], count = 0;
    for (int j = 0; j < GRID; ++j)
        for (int i = 0; i < GRID - 4; ++i)
            if (s->ground[i * GRID + j] > 0.5f && s->ground[(i + 1) * GRID + j] <= 0.5f && count < GRID * 4)
                edges[count++] = i * GRID + j;
    if (count == 0) return;
    int drippers = (int)between(1, roundf(2 + 7 * amount * s->density), 24);
    for (int k = 0; k < drippers; ++k) {
        dice own = dice_for(s->effects.seed, CLP_DRIP, (uint32_t)k, 0);
        int cell = edges[(int)(((float)k + roll(&own)) / (float)drippers * 0.9999f * (float)count)];
        float x = ((float)(cell % GRID) + 0.5f) * dx, y = ((float)(cell / GRID) + 1.0f) * dy;
        float radius = roll_in(&own, 0.015f, 0.023f), forming = roll_in(&own, 0.55f, 1.1f) / (0.4f + 0.6f * s->speed);
        float floor = fmaxf(y + 0.35f, 0.93f * s->tall), falling = sqrtf(2 * (floor - y) / pull), after = 0.4f;
        float natural = forming + falling + after;
        turn t = scene_turn(s, natural, roll(&own));
        dice d = dice_for(s->effects.seed, CLP_DRIP, (uint32_t)k, t.cycle + 1);
        float age = t.age * natural / t.life;
        // The next drop gathers while the last one falls.
        float gathered = age < forming ? age / forming : 0;
        float rest = age >= forming ? smooth(0, falling + after, age - forming) * 0.25f : 0;
        if (gathered > 0) {
            float size = radius * (0.25f + 0.75f * sqrtf(gathered)),
                  sag = size * (0.4f + 1.3f * gathered * gathered * gathered);
            bead(s, x, y + sag, size, sag + 1.3f * size, smooth(0, 0.12f, gathered) * s->fade);
        } else {
            bead(s, x, y + radius * 0.1f, radius * rest * 1.2f, radius * 0.5f, s->fade * rest * 3);
        }
        if (age < forming) continue;
        float fall = age - forming;
        if (fall < falling) {
            float speed = pull * fall;
            bead(s, x, y + 1.5f * radius + pull * fall * fall / 2, radius * (1 - 0.10f * fminf(speed, 1.5f)),
                 radius * (1.4f + 1.6f * expf(-5 * fall)) + 0.018f * speed, s->fade);
        } else {
            float since = fall - falling, left = 1 - since / after;
            ring(s, x, floor, 0.012f + 0.14f * since, 0.34f * left * s->fade);
            if (since > 0.1f) ring(s, x, floor, 0.006f + 0.10f * (since - 0.1f), 0.22f * left * s->fade);
            splash(s, &d, x, floor, since, 0.040f, 8, left * s->fade);
        }
    }
}

void effects_pour(scene *s) {
    const float amount = s->effects.amount[CLP_POUR], dx = s->span / GRID, dy = s->tall / GRID;
    int top = GRID, bottom = 0;
    float sum = 0, weight = 0, across = 0;
    for (int i = 0; i < GRID; ++i) {
        float row = 0;
        for (int j = 0; j < GRID; ++j)
            if (s->ground[i * GRID + j] > 0.5f) row += 1, sum += (float)j + 0.5f, weight += 1;
        if (row > 0) { if (i < top) top = i; bottom = i; }
        across = fmaxf(across, row);
    }
    if (weight < 1) return;
    float x = sum / weight * dx, y0 = (float)top * dy, y1 = (float)(bottom + 1) * dy, wide = across * dx;
    float level = y0 + 0.5f * (y1 - y0), start = fmaxf(-0.05f, y0 - 0.85f);
    if (level - start < 0.12f) start = level - 0.12f;
    // The first of it falls from where it starts; in a clip that loops it has always been falling.
    float front = s->effects.loops ? 1e3f : start + 1.1f * s->now + 1.8f * s->now * s->now;
    float half = between(0.010f, 0.13f * wide, 0.034f) * (0.55f + 0.45f * amount) * (0.6f + 0.4f * s->density);
    mark *m = scene_mark(s, STREAM, OVER);
    float stream = 6.5f * (0.5f + 0.5f * s->speed) * s->effects.seconds;
    if (s->effects.loops) stream = fmaxf(roundf(stream), 3);
    m->x0 = m->x1 = x * s->unit;
    m->y0 = start * s->unit; m->y1 = fminf(level, front) * s->unit;
    m->radius0 = fmaxf(half * s->unit, 1);
    m->left = m->x0 - 2 * m->radius0 - 2; m->right = m->x0 + 2 * m->radius0 + 2;
    m->top = m->y0; m->bottom = m->y1 + 1.5f * m->radius0;
    m->alpha0 = smooth(0, 0.3f, s->fade);
    m->detail[0] = stream * s->time;
    m->detail[1] = s->effects.loops ? stream : 65536;
    m->detail[2] = s->effects.wind * 0.10f;
    m->detail[3] = front >= level ? 1 : 0;
    m->seed = (uint32_t)s->effects.seed;
    if (front < level) return;
    float since = s->effects.loops ? 1 : smooth(0, 0.25f, s->now - 0.3f);
    float end = x + s->effects.wind * 0.10f * (level - start) * (level - start);
    for (int k = 0; k < 3; ++k) {
        turn t = scene_turn(s, 0.55f, (float)k / 3);
        float part = t.age / t.life;
        ring(s, end, level, half + (0.42f * wide - half) * sqrtf(part),
             0.30f * (1 - part) * smooth(0, 0.2f, part) * since);
    }
    int drops = (int)(22 * (0.4f + 0.6f * amount) * s->density);
    for (int k = 0; k < drops; ++k) {
        dice own = dice_for(s->effects.seed, CLP_POUR, (uint32_t)k, 0);
        turn t = scene_turn(s, roll_in(&own, 0.28f, 0.45f), roll(&own));
        dice d = dice_for(s->effects.seed, CLP_POUR, (uint32_t)k, t.cycle + 1);
        float part = t.age / t.life;
        splash(s, &d, end + half * roll_in(&d, -0.7f, 0.7f), level, t.age, 0.040f + 0.6f * half, 1,
               (1 - part * part) * since);
    }
    // Foam where it goes in.
    for (int k = 0; k < 14; ++k) {
        dice own = dice_for(s->effects.seed, CLP_POUR, (uint32_t)(1000 + k), 0);
        turn t = scene_turn(s, roll_in(&own, 0.2f, 0.4f), roll(&own));
        dice d = dice_for(s->effects.seed, CLP_POUR, (uint32_t)(1000 + k), t.cycle + 1);
        float part = t.age / t.life;
        scene_line(s, OVER, end + half * roll_in(&d, -1.5f, 1.5f) * (1 + part),
                   level + half * roll_in(&d, -0.25f, 0.3f), end, level, 0.25f * half * roll_in(&d, 0.5f, 1.2f), 0.8f,
                   bright, 0.35f * part * (1 - part) * 4 * 0.6f * since);
    }
}

// ---- painting ----

/// The row's own pixels, bent: what lies at column `x` (any real number).
CLP_INLINE void through(const float *row, clp_size width, float x, float colour[3]) {
    x = between(0, x - 0.5f, (float)(width - 1) - 0.001f);
    x = x > 0 ? x : 0;
    clp_size j = (clp_size)x, k = j + 1 < width ? j + 1 : j;
    float u = x - (float)j;
    for (int c = 0; c < 3; ++c) colour[c] = (1 - u) * row[3 * j + c] + u * row[3 * k + c];
}

void paint_stream(const scene *s, const mark *m, clp_size row, float *frame, float *scratch) {
    const float y = (float)row + 0.5f, unit = s->unit, way = (y - m->y0) / unit, total = (m->y1 - m->y0) / unit;
    if (way < 0) return;
    // Falling faster, it gets thinner.
    float half = m->radius0 / sqrtf(sqrtf(1 + 9 * way)), wave = m->detail[0], rows = m->detail[1];
    float n = noise3(0.3f, way * 5.5f - wave + 0, 0.5f, rows, 64, m->seed),
          f = noise3(0.7f, way * 11 - 2 * wave, 0.5f, 2 * rows, 64, m->seed + 1);
    half *= (1 + 0.26f * n + 0.16f * f) * (1 - 0.12f * between(0, way / fmaxf(total, 0.1f), 1));
    float centre =
        m->x0 + m->detail[2] * way * way * unit + m->radius0 * (0.20f + 0.25f * between(0, way, 1)) * (n - f);
    float past = (y - m->y1) / fmaxf(half, 1);     // the rounded end
    if (past > 0) { if (past >= 1) return; half *= sqrtf(1 - past * past); }
    float dissolve = m->detail[3] > 0 ? 1 - 0.75f * smooth(0.86f, 1.0f, way / fmaxf(total, 0.01f)) : 1;
    clp_size first = (clp_size)between(0, centre - half - 1, (float)s->width),
             last = (clp_size)between(0, centre + half + 2, (float)s->width);
    float *copy = scratch;
    clp_size from = (clp_size)between(0, centre - 3 * half - 4, (float)s->width),
             to = (clp_size)between(0, centre + 3 * half + 5, (float)s->width);
    if (to <= from) return;
    memcpy(copy, frame + 3 * from, (size_t)(3 * (to - from)) * sizeof(float));
    float shine = 0.55f + 0.5f * noise3(2.3f, way * 7 - wave, 0.5f, rows, 64, m->seed + 2);
    float glint = 0.40f + 0.9f * noise3(5.3f, way * 14 - 2 * wave, 0.5f, 2 * rows, 64, m->seed + 3);
    for (clp_size j = first; j < last; ++j) {
        float x = (float)j + 0.5f, u = (x - centre) / half, cover = between(0, half - fabsf(x - centre) + 0.5f, 1);
        if (cover <= 0) continue;
        float behind[3], u2 = between(0, u * u, 1);
        through(copy, to - from, centre - u * half * (1.2f - 0.7f * u2) - (float)from, behind);
        // Dark towards the edges, a thin bright line on the very edge, two lights down its length.
        float dark = 1 - 0.34f * u2 * u2 + 0.06f * (1 - u2), rim = smooth(0.82f, 1, u2) * 0.28f;
        float a = (u + 0.38f + 0.30f * n) / (0.16f + 0.10f * f), b = (u - 0.46f - 0.30f * f) / 0.10f;
        float light = 0.85f * shine * clp_exp(-a * a) + 0.75f * between(0, glint, 1) * clp_exp(-b * b) + rim;
        float alpha = cover * m->alpha0 * dissolve, *p = frame + 3 * j;
        for (int c = 0; c < 3; ++c) {
            float body = behind[c] * dark * 0.84f + 0.15f * water[c];
            body += between(0, light, 1) * (1 - body);
            p[c] += alpha * (body - p[c]);
        }
    }
}

void paint_drop(const scene *s, const mark *m, clp_size row, float *frame, float *scratch) {
    const float y = (float)row + 0.5f, radius = m->radius0, v = (y - m->y0) / radius;
    float half, tail = m->detail[0] / radius;
    // A circle below, a tail that narrows to a point above.
    if (v >= 0 || tail <= 1) {
        if (v <= -1 - 1 / radius || v >= 1 + 1 / radius) return;
        half = radius * sqrtf(fmaxf(0, 1 - v * v));
    } else {
        float part = -v / tail;
        if (part >= 1) return;
        half = radius * (1 - part) * sqrtf(1 - part) * (1 + 0.5f * part);
        half = fmaxf(half, 0.3f);
    }
    clp_size first = (clp_size)between(0, m->x0 - half - 1, (float)s->width),
             last = (clp_size)between(0, m->x0 + half + 2, (float)s->width);
    clp_size from = (clp_size)between(0, m->x0 - 3 * radius - 2, (float)s->width),
             to = (clp_size)between(0, m->x0 + 3 * radius + 3, (float)s->width);
    if (to <= from) return;
    float *copy = scratch;
    memcpy(copy, frame + 3 * from, (size_t)(3 * (to - from)) * sizeof(float));
    for (clp_size j = first; j < last; ++j) {
        float x = (float)j + 0.5f, cover = between(0, half - fabsf(x - m->x0) + 0.5f, 1);
        if (cover <= 0) continue;
        float u = (x - m->x0) / fmaxf(half, 0.5f), w = (x - m->x0) / radius, behind[3];
        through(copy, to - from, m->x0 - 1.8f * w * radius - (float)from, behind);
        // The picture behind a drop is upside down in it: the light is at its bottom, its top is dark.
        float edge = u * u * u * u, shade = 0.80f + 0.55f * between(-1, v, 1) - 0.40f * edge;
        float a = (w + 0.36f) / 0.26f, b = (v + 0.32f) / 0.30f, e = (v - 0.62f) / 0.30f;
        float light = 0.95f * clp_exp(-a * a - b * b) + 0.60f * clp_exp(-e * e - 3 * w * w);
        float alpha = cover * m->alpha0, *p = frame + 3 * j;
        for (int c = 0; c < 3; ++c) {
            float body = behind[c] * shade + 0.13f * water[c];
            body += between(0, light, 1) * (1 - body);
            p[c] += alpha * (body - p[c]);
        }
    }
}
