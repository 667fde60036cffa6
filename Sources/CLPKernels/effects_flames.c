// The painting of flames: where the tongues are, bent and eaten by noise.
#include <math.h>
#include "effects_scene.h"

/// The same noise at three sizes, each streaming with the largest.
CLP_CLONES static void stream_noise(const float *restrict x, float y, float z, float rows, float layers, uint32_t seed,
                                    float *restrict large, float *restrict small, float *restrict fine,
                                    clp_size count) {
    CLP_CONTRACT
    for (clp_size j = 0; j < count; ++j) large[j] = noise3(x[j], y, z, rows, layers, seed);
    for (clp_size j = 0; j < count; ++j)
        small[j] = noise3(2 * x[j] + 0.4f * large[j], 2 * y, z, 2 * rows, layers, seed + 1);
    for (clp_size j = 0; j < count; ++j)
        fine[j] = noise3(4.3f * x[j] + 0.5f * small[j], 4 * y, 2 * z, 4 * rows, 2 * layers, seed + 2);
}

/// Where each pixel looks for flames: (x, y) moved by the noise.
CLP_CLONES static void bend(float y, float amount, const float *restrict large, const float *restrict small,
                            const float *restrict fine, float *restrict x, float *restrict rise, clp_size count) {
    CLP_CONTRACT
    for (clp_size j = 0; j < count; ++j) {
        x[j] += amount * (0.75f * large[j] + 0.50f * small[j] + 0.16f * fine[j]);
        rise[j] = y + amount * (0.8f * small[j] + 0.35f * fine[j]);
    }
}

/// Lets one tongue shine: dark[j] is what of the darkness is left.
CLP_CLONES static void shine(const tongue *t, const float *restrict x, const float *restrict y, float *restrict dark,
                             clp_size count) {
    CLP_CONTRACT
    const float up = 1 / t->high, power = t->power, wide = t->wide, lean = t->lean * t->high, sway = t->sway, x0 = t->x,
                y0 = t->y;
    for (clp_size j = 0; j < count; ++j) {
        float q = (y0 - y[j]) * up, high = between(0, q, 1);
        // A drop: round at the foot, widest low, drawn out to a point.
        float foot = between(0, (q + 0.08f) * 4.5f, 1), taper = between(0, 1 - q, 1);
        float half = wide * __builtin_sqrtf(foot) * taper * (1 + 0.7f * high) + 1e-6f;
        float off = (x[j] - x0 - lean * high - sway * high * high) / half;
        float value =
            between(0, 1 - off * off, 1) * (1 - 0.62f * high) * power * (0.5f + 0.5f * between(0, (q + 0.08f) * 5, 1));
        dark[j] *= 1 - 0.80f * value;
    }
}

CLP_CLONES static void burn(const float *restrict dark, const float *restrict large, const float *restrict small,
                            const float *restrict fine, float calm, float alpha, float *restrict frame,
                            clp_size count) {
    CLP_CONTRACT
    for (clp_size j = 0; j < count; ++j) {
        float e = 1 - dark[j];
        // Bright threads where the noise crosses zero, dark between them.
        float thread = 1 - 2.2f * __builtin_fabsf(small[j]), hair = 1 - 2.4f * __builtin_fabsf(fine[j]);
        float eaten = 0.62f * large[j] + 0.30f * small[j] + 0.26f * thread + 0.16f * hair;
        float wild = e * (0.52f + 0.95f * eaten) + 0.30f * e * e * e - 0.05f, still = 1.30f * e - 0.04f;
        float heat = between(0, wild + calm * (still - wild), 1.3f);
        // From orange red over yellow to almost white, as a body that gets hotter.
        float solid = smooth(0.02f, 0.24f, heat) * alpha;
        float red = 0.70f + 0.45f * smooth(0, 0.40f, heat);
        float green = 0.10f + 0.86f * smooth(0.05f, 1.0f, heat), blue = 0.02f + 0.66f * smooth(0.66f, 1.3f, heat);
        float keep = 1 - 0.90f * solid;
        frame[3 * j] = frame[3 * j] * keep + red * solid;
        frame[3 * j + 1] = frame[3 * j + 1] * keep + green * solid;
        frame[3 * j + 2] = frame[3 * j + 2] * keep + blue * solid;
    }
}

void paint_flames(const scene *s, const mark *m, clp_size row, float *frame, float *scratch) {
    const clp_size first = mark_first(m), count = mark_last(s, m) - first;
    if (count <= 0) return;
    const flames *f = &s->fire;
    float *x = scratch, *place = x + s->width, *dark = place + s->width, *rise = dark + s->width;
    float *large = rise + s->width, *small = large + s->width, *fine = small + s->width;
    const float y = ((float)row + 0.5f) / s->unit;
    for (clp_size j = 0; j < count; ++j) {
        x[j] = ((float)(int32_t)(first + j) + 0.5f) / s->unit;
        place[j] = (x[j] + s->effects.wind * 0.7f * y) * f->fineness;
        dark[j] = 1;
    }
    stream_noise(place, y * FLAT * f->fineness + f->rise, f->churn, f->rows, f->layers, m->seed, large, small, fine,
                 count);
    const float amount = f->height * (0.115f - 0.085f * f->calm), most = 1.6f * amount;
    bend(y, amount, large, small, fine, x, rise, count);
    for (int k = 0; k < f->count; ++k) {
        const tongue *t = &f->tongues[k];
        if (y < t->y - t->high - most || y > t->y + 0.14f * t->high + most) continue;
        float side = 1.5f * t->wide + fabsf(t->sway) + fabsf(t->lean) * t->high + most;
        clp_size left = (clp_size)between(0, (t->x - side) * s->unit - (float)first, (float)count);
        clp_size right = (clp_size)between(0, (t->x + side) * s->unit - (float)first + 1, (float)count);
        if (right > left) shine(t, x + left, rise + left, dark + left, right - left);
    }
    burn(dark, large, small, fine, f->calm, m->alpha0, frame + 3 * first, count);
}
