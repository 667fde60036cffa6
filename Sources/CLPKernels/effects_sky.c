// What belongs into the sky: stars, fireworks, lightning.
#include <math.h>
#include "effects_scene.h"

static const float turn_of_circle = 6.2831853f;

void effects_stars(scene *s) {
    // Stars are seen at night. A lively sky has more of them, but stays a sky.
    scene_night(s, 0.38f * s->effects.amount[CLP_STARS], 0.9f * s->effects.amount[CLP_STARS]);
    int count = scene_count(s, CLP_STARS, 620 / fmaxf(1, sqrtf(s->density)));
    for (int i = 0; i < count; ++i) {
        dice d = dice_for(s->effects.seed, CLP_STARS, (uint32_t)i, 0);
        float x = roll(&d) * s->span, y = roll(&d) * s->tall, magnitude = powf(roll(&d), 14), tint = roll(&d);
        float here = scene_grid(s, s->sky, x, y);
        if (here < 0.3f) continue;
        float rate = roll_in(&d, 0.35f, 1.3f) * s->speed, phase = roll(&d);
        if (s->effects.loops) rate = fmaxf(1, roundf(rate * s->effects.seconds)) / s->effects.seconds;
        float wave = sinf(turn_of_circle * (rate * s->now + phase));
        float light = (0.30f + 0.70f * magnitude) * (0.58f + 0.42f * wave) * here * fminf(s->fade, s->evening);
        const float colour[3] = {0.78f + 0.22f * tint, 0.86f + 0.06f * tint, 1 - 0.22f * tint};
        float radius = 0.0011f + 0.0019f * magnitude + 0.0004f * roll(&d);
        scene_line(s, ADD, x, y, x, y, radius, 0.5f, colour, fminf(1, 1.6f * light));
        if (magnitude < 0.2f) continue;
        scene_glow(s, x, y, 0.008f + 0.03f * magnitude, colour, 0.40f * light);
        float length = (0.008f + 0.035f * magnitude) * (0.7f + 0.3f * wave);
        for (int k = 0; k < 4; ++k) {
            float dx = k == 0 ? length : k == 1 ? -length : 0, dy = k == 2 ? length : k == 3 ? -length : 0;
            mark *m =
                scene_line(s, ADD, x, y, x + dx, y + dy, 0.0009f + 0.0006f * magnitude, 0.4f, colour, 0.75f * light);
            m->radius1 *= 0.4f;
            m->alpha1 = 0;
        }
    }
}

// ---- fireworks ----

static const float drag = 2.7f, gravity = 0.10f;
/// Seconds from the burst on.
static void trail_place(const float direction[2], float reach, float age, float *x, float *y) {
    float way = reach * (1 - expf(-drag * age)) / (1 - 0.067f);
    *x = direction[0] * way;
    *y = direction[1] * way + gravity * age * age;
}

static void firework(scene *s, int index, int shells) {
    static const float palette[7][3] = {{1, 0.20f, 0.12f}, {1, 0.62f, 0.14f}, {0.22f, 1, 0.34f}, {0.22f, 0.50f, 1},
                                        {0.80f, 0.26f, 1}, {1, 0.30f, 0.58f}, {0.95f, 0.88f, 0.72f}};
    const float amount = s->effects.amount[CLP_FIREWORKS], white[3] = {1, 0.95f, 0.85f};
    float age = scene_event_age(s, CLP_FIREWORKS, index, shells);
    const float life = fminf(1.9f, s->effects.loops ? 0.85f * s->effects.seconds : 1.9f), ascent = 0.32f;
    if (age > life && s->effects.loops) age -= s->effects.seconds;
    if (age > life || age < -ascent) return;
    dice d = dice_for(s->effects.seed, CLP_FIREWORKS, (uint32_t)index, 1);
    // The best of some places in the sky, away from the edges and from the middle of the last one.
    float x = 0, y = 0, best = -1;
    for (int k = 0; k < 16; ++k) {
        float u = roll(&d), v = roll(&d);
        float px = s->span * (0.14f + 0.72f * u), py = s->tall * (0.10f + 0.34f * v);
        float apart = fabsf(u - ((float)((index * 5) % 7) + 0.5f) / 7);
        float value =
            scene_grid(s, s->sky, px, py) + scene_grid(s, s->sky, px, py + 0.12f) + 0.25f * roll(&d) - 0.5f * apart;
        if (value > best) best = value, x = px, y = py;
    }
    const float *first = palette[(int)(roll(&d) * 5.999f)], *second = palette[(int)(roll(&d) * 6.999f)];
    const bool mixed = roll(&d) < 0.45f;
    const float reach = roll_in(&d, 0.20f, 0.31f) * (0.75f + 0.25f * s->speed) * (0.6f + 0.4f * amount);
    const float launch = x + roll_in(&d, -0.12f, 0.12f);
    if (age < 0) {
        float part = 1 + age / ascent, before = part - 0.22f;
        float high = 1 - (1 - part) * (1 - part), low = before > 0 ? 1 - (1 - before) * (1 - before) : 0;
        mark *m = scene_line(s, ADD, launch + (x - launch) * low, s->tall + (y - s->tall) * low,
                             launch + (x - launch) * high, s->tall + (y - s->tall) * high, 0.0022f, 0.5f, white,
                             0.85f * s->fade);
        m->alpha0 = 0;
        m->radius0 *= 0.4f;
        return;
    }
    const float left = 1 - age / life;
    scene_glow(s, x, y, 1.3f, first, 0.20f * amount * expf(-2.2f * age) * s->fade);
    scene_glow(s, x, y, 0.35f * reach + 0.05f, white, 0.9f * expf(-11 * age) * s->fade);
    scene_glow(s, x, y + gravity * age * age, reach * 1.5f, first, 0.30f * left * left * s->fade);
    int trails = (int)(between(60, 150 * (0.5f + 0.5f * s->density), 190) * (0.6f + 0.4f * amount));
    for (int i = 0; i < trails; ++i) {
        // Evenly over a sphere that is seen from the side.
        float z = 2 * ((float)i + roll(&d)) / (float)trails - 1, around = roll(&d) * turn_of_circle;
        float ring = sqrtf(fmaxf(0, 1 - z * z)), pace = roll_in(&d, 0.82f, 1.04f);
        const float direction[2] = {ring * cosf(around) * pace, z * pace};
        const float *colour = mixed && i % 2 ? second : first;
        float strobe = roll(&d), last = roll_in(&d, 0.75f, 1);
        float bright = fmaxf(0, 1 - age / (life * last));
        bright = powf(bright, 0.8f);
        if (age > 0.5f * life) bright *= 0.35f + 1.1f * fabsf(sinf(strobe * 40 + age * (18 + 22 * strobe)));
        if (bright <= 0.01f) continue;
        enum { PIECES = 4 };
        float length = fminf(age, 0.34f), px, py, qx, qy;
        trail_place(direction, reach, age, &px, &py);
        for (int k = 0; k < PIECES; ++k) {
            float a = 1 - (float)k / PIECES, b = 1 - (float)(k + 1) / PIECES;
            trail_place(direction, reach, age - length * (float)(k + 1) / PIECES, &qx, &qy);
            mark *m = scene_line(s, ADD, x + px, y + py, x + qx, y + qy, 0.0021f, 0.5f, colour,
                                 bright * s->fade);
            m->alpha0 *= a * a; m->alpha1 *= b * b;
            m->radius0 *= 0.5f + 0.5f * a; m->radius1 *= 0.5f + 0.5f * b;
            px = qx; py = qy;
        }
        trail_place(direction, reach, age, &px, &py);
        float heat = expf(-2 * age);
        const float head[3] = {colour[0] + (1 - colour[0]) * (0.15f + 0.5f * heat),
                               colour[1] + (1 - colour[1]) * (0.15f + 0.5f * heat),
                               colour[2] + (1 - colour[2]) * (0.15f + 0.5f * heat)};
        scene_line(s, ADD, x + px, y + py, x + px, y + py, 0.0024f, 0.6f, head, bright * s->fade);
    }
}

void effects_fireworks(scene *s) {
    scene_night(s, 0.30f * s->effects.amount[CLP_FIREWORKS], 0.8f * s->effects.amount[CLP_FIREWORKS]);
    int shells = (int)between(2, roundf(1.6f * s->effects.seconds * (0.6f + 0.4f * s->density)), 24);
    for (int i = 0; i < shells; ++i) firework(s, i, shells);
}

// ---- lightning ----

enum { MOST_POINTS = 65 };
static const float bolt_colour[3] = {0.92f, 0.94f, 1}, halo_colour[3] = {0.45f, 0.52f, 1};

/// A line broken at random: points[0] and points[count - 1] are given, count - 1 is a power of two.
static void break_line(dice *d, float (*points)[2], int count, float roughness) {
    for (int step = count - 1; step > 1; step /= 2)
        for (int i = 0; i + step < count; i += step) {
            float *a = points[i], *b = points[i + step], *m = points[i + step / 2];
            float dx = b[0] - a[0], dy = b[1] - a[1], off = roughness * (roll(d) - 0.5f),
                  along = roll_in(d, 0.4f, 0.6f);
            m[0] = a[0] + along * dx - off * dy;
            m[1] = a[1] + along * dy + off * dx;
        }
}

static void draw_bolt(scene *s, float (*points)[2], int count, float width, float thin, float light, bool halo) {
    for (int pass = halo ? 0 : 1; pass < 2; ++pass) {
        for (int i = 0; i + 1 < count; ++i) {
            float a = (float)i / (float)(count - 1), b = (float)(i + 1) / (float)(count - 1);
            float ra = 1 + (thin - 1) * a, rb = 1 + (thin - 1) * b;
            mark *m;
            if (pass == 0) {
                m = scene_line(s, UNION, points[i][0], points[i][1], points[i + 1][0], points[i + 1][1], 11 * width, 1,
                               halo_colour, 0.42f * light);
            } else {
                m = scene_line(s, UNION, points[i][0], points[i][1], points[i + 1][0], points[i + 1][1], width, 0.5f,
                               bolt_colour, fminf(1, 1.5f * light));
            }
            m->alpha0 *= ra; m->alpha1 *= rb;
            m->radius0 *= 0.4f + 0.6f * ra; m->radius1 *= 0.4f + 0.6f * rb;
        }
        // Two runs of UNION marks that follow one another are kept apart by a mark that paints nothing.
        scene_mark(s, GLOW, ADD);
    }
}

static void strike(scene *s, int index, int strikes) {
    const float amount = s->effects.amount[CLP_LIGHTNING];
    float age = scene_event_age(s, CLP_LIGHTNING, index, strikes);
    if (age < 0 || age > 0.46f) return;
    float light = expf(-4.2f * age) * (0.55f + 0.45f * fabsf(cosf(20 * age))) * s->fade * (0.45f + 0.55f * amount);
    dice d = dice_for(s->effects.seed, CLP_LIGHTNING, (uint32_t)index, 1);
    float x0 = 0, x1 = 0, best = -1;
    for (int k = 0; k < 12; ++k) {
        float u = roll(&d), px = s->span * (0.12f + 0.76f * u), side = ((float)((index * 2) % 3) + 0.5f) / 3;
        float value = scene_grid(s, s->sky, px, 0.25f * s->tall) + 0.3f * roll(&d) - 0.7f * fabsf(u - side);
        if (value > best) best = value, x0 = px;
    }
    x1 = x0 + roll_in(&d, -0.22f, 0.22f);
    // Down to where the sky ends.
    float y1 = 0.3f * s->tall;
    for (float y = 0.3f; y < 0.86f; y += 0.02f)
        if (scene_grid(s, s->sky, x1, y * s->tall) > 0.4f) y1 = y * s->tall;
    float points[MOST_POINTS][2];
    points[0][0] = x0; points[0][1] = -0.03f;
    points[MOST_POINTS - 1][0] = x1; points[MOST_POINTS - 1][1] = y1;
    break_line(&d, points, MOST_POINTS, 0.42f);
    scene_glow(s, (x0 + x1) / 2, y1 * 0.35f, 0.95f, halo_colour, 0.40f * light);
    int branches = 5 + (int)(5 * roll(&d) * fminf(1.5f, s->density));
    for (int k = 0; k < branches; ++k) {
        int from = 4 + (int)(roll(&d) * 46);
        float *p = points[from], *q = points[from + 4], left = y1 - p[1];
        float dx = q[0] - p[0], dy = q[1] - p[1] + 1e-4f, size = sqrtf(dx * dx + dy * dy);
        float angle = roll_in(&d, 0.35f, 0.85f) * (roll(&d) < 0.5f ? -1 : 1), length = left * roll_in(&d, 0.3f, 0.75f);
        float branch[33][2];
        branch[0][0] = p[0]; branch[0][1] = p[1];
        branch[32][0] = p[0] + length * (dx * cosf(angle) - fabsf(dy) * sinf(angle)) / size;
        branch[32][1] = p[1] + length * (dx * sinf(angle) + fabsf(dy) * cosf(angle)) / size;
        break_line(&d, branch, 33, 0.5f);
        draw_bolt(s, branch, 33, 0.0013f, 0.12f, 0.6f * light, false);
        if (k % 2 == 0) {
            float twig[17][2];
            twig[0][0] = branch[12][0]; twig[0][1] = branch[12][1];
            twig[16][0] = branch[12][0] + roll_in(&d, -0.5f, 0.5f) * length;
            twig[16][1] = branch[12][1] + roll_in(&d, 0.15f, 0.5f) * length;
            break_line(&d, twig, 17, 0.5f);
            draw_bolt(s, twig, 17, 0.0009f, 0.1f, 0.4f * light, false);
        }
    }
    draw_bolt(s, points, MOST_POINTS, 0.0024f, 0.6f, light, true);
    const float flash[3] = {0.75f, 0.82f, 1.05f};
    for (int c = 0; c < 3; ++c) {
        s->gain[c] *= 1 + 0.85f * flash[c] * light;
        s->lift[c] += 0.075f * flash[c] * light;
    }
}

void effects_lightning(scene *s) {
    // A thunderstorm is dark.
    for (int c = 0; c < 3; ++c) s->gain[c] *= 1 - 0.22f * s->effects.amount[CLP_LIGHTNING] * s->fade;
    int strikes = (int)between(2, roundf(1.1f * s->effects.seconds * (0.6f + 0.4f * s->density)), 16);
    for (int i = 0; i < strikes; ++i) strike(s, i, strikes);
}
