// What falls or rises through the whole picture, in layers of depth: the near ones larger, faster and less sharp.
#include <math.h>
#include "effects_scene.h"

static const float turn_of_circle = 6.2831853f;
/// How far outside the picture things come and go.
static const float margin = 0.06f;

/// Where something that falls and drifts is in its life; it fades where that begins or ends in the picture.
typedef struct { float x, y, alpha; } fall;
static fall falling(const scene *s, dice *d, turn t, float vx, float vy) {
    float height = s->tall + 2 * margin, path = vy * t.life, drift = vx * t.life;
    bool across = path >= height * 0.999f;
    float start = across ? -margin : -margin + roll(d) * (height - path);
    float x = -margin - between(0, drift, 100) + roll(d) * (s->span + 2 * margin + fabsf(drift));
    return (fall){x + vx * t.age, start + vy * t.age, across ? 1 : t.edge};
}

void effects_snow(scene *s) {
    const float amount = s->effects.amount[CLP_SNOW];
    const float white[3] = {1, 1, 1};
    s->grey = between(0, s->grey + 0.22f * amount * s->fade, 1);
    for (int c = 0; c < 3; ++c) {
        s->gain[c] *= 1 - (0.17f - 0.02f * (float)c) * amount * s->fade;
        s->lift[c] += 0.035f * amount * s->fade;
    }
    int count = scene_count(s, CLP_SNOW, 1500);
    for (int i = 0; i < count; ++i) {
        dice own = dice_for(s->effects.seed, CLP_SNOW, (uint32_t)i, 0);
        float near = powf(roll(&own), 2.6f);
        float vy = (0.14f + 0.50f * near) * s->speed * roll_in(&own, 0.85f, 1.15f);
        float vx = s->effects.wind * (0.25f + 0.75f * vy) + roll_in(&own, -0.03f, 0.03f);
        turn t = scene_turn(s, (s->tall + 2 * margin) / vy, roll(&own));
        dice d = dice_for(s->effects.seed, CLP_SNOW, (uint32_t)i, t.cycle + 1);
        fall f = falling(s, &d, t, vx, vy);
        float swing = (0.006f + 0.014f * near) * roll_in(&d, 0.5f, 1.5f), pace = roll_in(&d, 1.5f, 4) * s->speed;
        float phase = roll(&d) * turn_of_circle + pace * t.age;
        f.x += swing * sinf(phase);
        float radius = 0.0016f + (0.0090f * near * near + 0.0016f * near) * roll_in(&d, 0.6f, 1.4f);
        float soft = 0.45f + 0.5f * near, alpha = 0.95f - 0.35f * near;
        if (near > 0.80f) radius *= 1.1f + 2.5f * (near - 0.8f), alpha *= 0.65f;
        // The shutter is open for a hundredth of a second.
        float dx = (vx + swing * pace * cosf(phase)) * 0.009f, dy = vy * 0.009f;
        float blur = radius * 2 / (radius * 2 + sqrtf(dx * dx + dy * dy));
        scene_line(s, OVER, f.x - dx / 2, f.y - dy / 2, f.x + dx / 2, f.y + dy / 2, radius, soft, white,
                   alpha * blur * f.alpha * s->fade);
    }
}

/// The rain far away: many long faint streaks, of which there are some even in a drizzle.
static void rain_veil(scene *s, const float colour[3], float gloom) {
    const float natural = 700 * sqrtf(fminf(1, s->density)) / fmaxf(s->density, 0.05f);
    const int count = scene_count(s, CLP_RAIN, natural);
    for (int i = 0; i < count; ++i) {
        dice own = dice_for(s->effects.seed, CLP_RAIN, 5000 + (uint32_t)i, 0);
        float vy = roll_in(&own, 1.3f, 1.8f) * (0.5f + 0.5f * s->speed), vx = 0.45f * s->effects.wind * vy;
        turn t = scene_turn(s, (s->tall + 0.3f) / vy, roll(&own));
        vy = (s->tall + 0.3f) / t.life;
        dice d = dice_for(s->effects.seed, CLP_RAIN, 5000 + (uint32_t)i, t.cycle + 1);
        float drift = vx * t.life;
        float x = -margin - between(0, drift, 100) + roll(&d) * (s->span + 2 * margin + fabsf(drift)) + vx * t.age;
        float y = -0.15f + vy * t.age, exposure = 0.045f * roll_in(&d, 0.6f, 1.2f);
        mark *m = scene_line(s, OVER, x - vx * exposure, y - vy * exposure, x, y, 0.0010f, 1, colour,
                             roll_in(&d, 0.04f, 0.09f) * gloom);
        m->alpha0 *= 0.2f;
    }
}

void effects_rain(scene *s) {
    const float amount = s->effects.amount[CLP_RAIN];
    const float colour[3] = {0.84f, 0.88f, 0.94f};
    // A drizzle falls from a dull sky too.
    const float gloom = (s->effects.loops ? 1 : smooth(0, 0.25f, s->time)) * smooth(0, 0.15f, s->effects.strength);
    s->grey = between(0, s->grey + 0.38f * amount * gloom, 1);
    const float dim[3] = {0.34f, 0.30f, 0.24f};
    for (int c = 0; c < 3; ++c) {
        s->gain[c] *= 1 - dim[c] * amount * gloom;
        s->lift[c] += 0.03f * amount * gloom;
    }
    rain_veil(s, colour, gloom);
    int count = scene_count(s, CLP_RAIN, 600);
    for (int i = 0; i < count; ++i) {
        dice own = dice_for(s->effects.seed, CLP_RAIN, (uint32_t)i, 0);
        float near = powf(roll(&own), 1.4f);
        float vy = (1.7f + 2.1f * near) * (0.5f + 0.5f * s->speed) * roll_in(&own, 0.9f, 1.1f);
        float vx = (0.45f * s->effects.wind + roll_in(&own, -0.012f, 0.012f)) * vy;
        turn t = scene_turn(s, (s->tall + 0.3f) / vy, roll(&own));
        vy = (s->tall + 0.3f) / t.life;
        dice d = dice_for(s->effects.seed, CLP_RAIN, (uint32_t)i, t.cycle + 1);
        float drift = vx * t.life;
        float x = -margin - between(0, drift, 100) + roll(&d) * (s->span + 2 * margin + fabsf(drift)) + vx * t.age;
        float y = -0.15f + vy * t.age;
        float exposure = 0.034f * roll_in(&d, 0.7f, 1.2f);
        float alpha = (0.58f + 0.30f * near) * roll_in(&d, 0.6f, 1.2f) * gloom;
        mark *m = scene_line(s, OVER, x - vx * exposure, y - vy * exposure, x, y, 0.0013f + 0.0012f * near,
                             0.6f + 0.8f * near, colour, alpha);
        m->alpha0 *= 0.25f;
    }
}

void effects_leaves(scene *s) {
    static const float palette[6][3] = {{0.80f, 0.36f, 0.06f}, {0.87f, 0.55f, 0.08f}, {0.70f, 0.17f, 0.07f},
                                        {0.90f, 0.70f, 0.18f}, {0.55f, 0.30f, 0.11f}, {0.62f, 0.55f, 0.14f}};
    int count = scene_count(s, CLP_LEAVES, 70);
    for (int layer = 0; layer < 3; ++layer)
        for (int i = 0; i < count; ++i) {
            dice own = dice_for(s->effects.seed, CLP_LEAVES, (uint32_t)i, 0);
            float near = powf(roll(&own), 1.8f);
            if ((int)(near * 2.999f) != layer) continue;
            float vy = (0.20f + 0.26f * near) * s->speed * roll_in(&own, 0.8f, 1.2f);
            float vx =
                s->effects.wind * (0.35f + 0.5f * near) * (0.4f + 0.6f * s->speed) + roll_in(&own, -0.05f, 0.05f);
            turn t = scene_turn(s, (s->tall + 2 * margin) / vy, roll(&own));
            dice d = dice_for(s->effects.seed, CLP_LEAVES, (uint32_t)i, t.cycle + 1);
            fall f = falling(s, &d, t, vx, vy);
            float size = (0.017f + 0.032f * near) * roll_in(&d, 0.75f, 1.25f);
            // A leaf rocks from side to side and turns over as it does.
            float pace = roll_in(&d, 1.6f, 3.4f) * s->speed, phase = roll(&d) * turn_of_circle + pace * t.age;
            float swing = roll_in(&d, 0.02f, 0.055f);
            f.x += swing * sinf(phase);
            f.y += 0.3f * swing * cosf(2 * phase);
            float spin = roll_in(&d, -2.2f, 2.2f) * s->speed;
            float angle = roll(&d) * turn_of_circle + spin * t.age + 0.6f * cosf(phase);
            float flip = cosf(roll(&d) * turn_of_circle + roll_in(&d, 1.5f, 4.5f) * s->speed * t.age);
            const float *base = palette[(int)(roll(&d) * 5.999f)];
            float shade = roll_in(&d, 0.78f, 1.12f), kind = roll(&d);
            mark *m = scene_mark(s, LEAF, OVER);
            float reach = size * 1.6f * s->unit + 2;
            m->x0 = f.x * s->unit; m->y0 = f.y * s->unit;
            m->x1 = cosf(angle); m->y1 = sinf(angle);
            m->left = m->x0 - reach; m->right = m->x0 + reach;
            m->top = m->y0 - reach; m->bottom = m->y0 + reach;
            m->radius0 = fmaxf(size * s->unit, 0.8f);
            m->radius1 = fabsf(flip) < 0.18f ? copysignf(0.18f, flip) : flip;
            m->soft = fmaxf(1, s->unit * 0.0075f * fmaxf(near - 0.55f, 0));
            m->red = base[0] * shade; m->green = base[1] * shade; m->blue = base[2] * shade;
            m->alpha0 = f.alpha * s->fade * fminf(1, size * s->unit / 0.8f);
            m->detail[0] = kind;
        }
}

void effects_sparks(scene *s) {
    int count = scene_count(s, CLP_SPARKS, 200);
    const float amount = s->effects.amount[CLP_SPARKS], ember[3] = {1, 0.42f, 0.10f};
    // Bright embers on a bright day would not be seen.
    scene_night(s, 0, 0.45f * amount);
    // Their light from below.
    scene_glow(s, s->span / 2, s->tall * 1.15f, 0.9f * fmaxf(s->span, 0.8f), ember, 0.20f * amount * s->fade);
    for (int i = 0; i < count; ++i) {
        dice own = dice_for(s->effects.seed, CLP_SPARKS, (uint32_t)i, 0);
        float near = powf(roll(&own), 2.6f), speed = roll_in(&own, 0.16f, 0.60f) * s->speed;
        turn t = scene_turn(s, roll_in(&own, 1.2f, 2.6f) / (0.5f + 0.5f * s->speed), roll(&own));
        dice d = dice_for(s->effects.seed, CLP_SPARKS, (uint32_t)i, t.cycle + 1);
        float x0 = roll_in(&d, -0.1f, 1.1f) * s->span, y0 = s->tall * (1.08f - 0.75f * roll(&d) * roll(&d));
        float a = roll(&d) * turn_of_circle, b = roll(&d) * turn_of_circle, wide = roll_in(&d, 0.015f, 0.07f);
        float pa = roll_in(&d, 1.5f, 3.5f), pb = roll_in(&d, 4, 9);
        float from[2], to[2];
        for (int k = 0; k < 2; ++k) {
            float age = k == 0 ? t.age - 0.035f : t.age;
            float *p = k == 0 ? from : to;
            p[0] = x0 + s->effects.wind * 0.3f * age + wide * sinf(a + pa * age) + 0.25f * wide * sinf(b + pb * age);
            p[1] = y0 - speed * age + 0.3f * wide * sinf(b + 0.8f * pb * age);
        }
        float part = t.age / t.life;
        float flicker = 0.65f + 0.35f * sinf(a * 7 + t.age * roll_in(&d, 14, 34));
        float heat = (1 - part * part) * flicker * smooth(0, 0.08f, part);
        const float colour[3] = {1, 0.24f + 0.56f * heat, 0.04f + 0.34f * heat * heat};
        float radius = 0.0017f + 0.0042f * near + 0.0006f * roll(&d);
        float alpha = smooth(0, 0.3f, heat) * s->fade;
        mark *m = scene_line(s, ADD, from[0], from[1], to[0], to[1], radius, 0.3f + 0.6f * near, colour, alpha);
        m->alpha0 *= 0.15f;
        m->radius0 *= 0.5f;
        scene_glow(s, to[0], to[1], radius * 8, ember, 0.42f * alpha * heat);
    }
}
