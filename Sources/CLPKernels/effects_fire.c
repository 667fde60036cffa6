// Fire: tongues of flame that stand on the fuel, bent and eaten by noise that streams upwards.
#include <math.h>
#include "effects_scene.h"

typedef struct { float x, y, wide; } wick;

static void blur(float *grid, int radius) {
    float line[GRID];
    for (int pass = 0; pass < 2; ++pass)
        for (int k = 0; k < GRID; ++k) {
            const int step = pass == 0 ? 1 : GRID, start = pass == 0 ? k * GRID : k;
            for (int i = 0; i < GRID; ++i) {
                float sum = 0;
                for (int j = i - radius; j <= i + radius; ++j)
                    sum += grid[start + (j < 0 ? 0 : j < GRID ? j : GRID - 1) * step];
                line[i] = sum / (float)(2 * radius + 1);
            }
            for (int i = 0; i < GRID; ++i) grid[start + i * step] = line[i];
        }
}

static bool burnable(const scene *s, int i, int j) {
    return i >= 0 && i < GRID && j >= 0 && j < GRID && s->ground[i * GRID + j] > 0.4f;
}

/// The largest width of the part of the place that contains (i, j), down to `depth` rows below.
static int width_below(const scene *s, int i, int j, int depth) {
    int widest = 0;
    for (int row = i; row < i + depth && burnable(s, row, j); ++row) {
        int left = j, right = j;
        while (burnable(s, row, left - 1)) --left;
        while (burnable(s, row, right + 1)) ++right;
        if (right - left + 1 > widest) widest = right - left + 1;
        j = (left + right) / 2;
    }
    return widest;
}

/// Tops of parts that are as narrow as a candle: each carries one calm flame.
static int find_wicks(const scene *s, wick *wicks, int most) {
    const float dx = s->span / GRID, dy = s->tall / GRID;
    int count = 0;
    for (int i = 0; i < GRID; ++i)
        for (int j = 0; j < GRID && count < most;) {
            int end = j;
            bool free = true;
            while (burnable(s, i, end)) free = free && !burnable(s, i - 1, end), ++end;
            if (end > j && free) {
                int width = width_below(s, i, (j + end) / 2, (int)(0.10f / dy) + 1);
                if ((float)width * dx < 0.10f)
                    wicks[count++] = (wick){0.5f * (float)(j + end) * dx, ((float)i + 0.5f) * dy, (float)width * dx};
            }
            j = end + 1;
        }
    return count;
}

/// The upper part of what is wider than a candle.
static void find_fuel(const scene *s, fuel_list *list) {
    const float dx = s->span / GRID, dy = s->tall / GRID;
    list->count = 0;
    list->weight = 0;
    for (int j = 0; j < GRID; ++j)
        for (int i = 0; i < GRID;) {
            int end = i;
            while (burnable(s, end, j)) ++end;
            float height = (float)(end - i) * dy, deep = between(0.05f, 0.45f * height, 0.26f);
            for (int k = i; k < end; ++k) {
                float weight = s->ground[k * GRID + j] * between(0, 1.4f - 1.4f * (float)(k - i) * dy / deep, 1);
                if (weight < 0.05f) continue;
                int left = j, right = j;
                while (burnable(s, k, left - 1)) --left;
                while (burnable(s, k, right + 1)) ++right;
                float wide = (float)(right - left + 1) * dx;
                if (wide < 0.10f && width_below(s, k, j, (int)(0.10f / dy) + 1) * dx < 0.10f) continue;
                float off = (float)(2 * j - left - right) / (float)(right - left + 1);
                list->weight += weight;
                list->cells[list->count++] =
                    (fuel_cell){((float)j + 0.5f) * dx, ((float)k + 0.5f) * dy, weight, wide, off};
            }
            i = end > i ? end : i + 1;
        }
}

/// Leaves the fuel within reach of its middle: a small fire on a large place has all its body, but not everywhere.
static void keep_near(fuel_list *list, float part) {
    float x = 0, y = 0, far = 0, weight = 0;
    for (int k = 0; k < list->count; ++k) x += list->cells[k].x * list->cells[k].weight, y += list->cells[k].y * list->cells[k].weight;
    x /= list->weight, y /= list->weight;
    // The middle of an arch is not on it: begin at the cell nearest to it.
    const fuel_cell *seed = &list->cells[0];
    for (int k = 1; k < list->count; ++k) {
        const fuel_cell *c = &list->cells[k];
        if (hypotf(c->x - x, c->y - y) < hypotf(seed->x - x, seed->y - y)) seed = c;
    }
    x = seed->x, y = seed->y;
    for (int k = 0; k < list->count; ++k) far = fmaxf(far, hypotf(list->cells[k].x - x, list->cells[k].y - y));
    const float reach = fmaxf(part * far, 0.09f);
    for (int k = 0; k < list->count; ++k) {
        fuel_cell *c = &list->cells[k];
        c->weight *= 1 - smooth(0.75f * reach, reach + 0.02f, hypotf(c->x - x, c->y - y));
        weight += c->weight;
    }
    list->weight = weight;
}

/// The cell at a part 0 ..< 1 of all the weight.
static const fuel_cell *fuel_at(const fuel_list *list, float part) {
    float left = part * list->weight;
    for (int k = 0; k < list->count; ++k) {
        left -= list->cells[k].weight;
        if (left < 0) return &list->cells[k];
    }
    return &list->cells[list->count - 1];
}

static void add_tongue(scene *s, tongue t) {
    if (s->fire.count < TONGUES) s->fire.tongues[s->fire.count++] = t;
}

static void candle(scene *s, const wick *w, int index, float size) {
    const uint32_t seed = (uint32_t)s->effects.seed + 31u * (uint32_t)index;
    float a = noise3(0.4f, 0.6f, 2.0f * s->fire.churn, 65536, 2 * s->fire.layers, seed);
    float b = noise3(0.7f, 0.3f, 1.0f * s->fire.churn, 65536, s->fire.layers, seed + 1);
    float wide = between(0.008f, 0.30f * w->wide, 0.024f), high = wide * 5.2f * size * (1 + 0.30f * a);
    add_tongue(s, (tongue){w->x, w->y - 0.15f * wide, wide * (1 - 0.12f * a), high, 0.8f * s->effects.wind,
                           0.35f * b * high, 1});
    // A bright heart.
    add_tongue(s, (tongue){w->x, w->y - 0.5f * wide, 0.62f * wide, 0.66f * high, 0.8f * s->effects.wind,
                           0.20f * b * high, 0.9f});
}

static void blaze(scene *s, const fuel_list *fuel, float size) {
    const float dx = s->span / GRID, dy = s->tall / GRID, area = fuel->weight * dx * dy;
    const float typical = between(0.018f, 0.24f * sqrtf(area), 0.055f);
    const int count = (int)between(10, 2.4f * area / (typical * typical) + 14, TONGUES - s->fire.count - 8);
    for (int k = 0; k < count; ++k) {
        dice own = dice_for(s->effects.seed, CLP_FIRE, (uint32_t)k, 0);
        turn t = scene_turn(s, roll_in(&own, 0.55f, 1.0f) / (0.4f + 0.6f * s->speed), roll(&own));
        dice d = dice_for(s->effects.seed, CLP_FIRE, (uint32_t)k, t.cycle + 1);
        const fuel_cell *cell = fuel_at(fuel, ((float)k + roll(&d)) / (float)count);
        float part = t.age / t.life, up = smooth(0, 0.30f, part) * (1 - smooth(0.62f, 1, part));
        float middle = 1 - 0.55f * cell->off * cell->off;
        float tall = size * between(0.07f, 0.06f + 0.62f * cell->wide, 0.40f) * middle * roll_in(&d, 0.45f, 1.25f);
        float wide = typical * roll_in(&d, 0.65f, 1.25f) * (0.55f + 0.45f * up) * (0.4f + 0.6f * middle);
        float high = fmaxf(tall * (0.45f + 0.85f * part), 1.6f * wide);
        // At the end of its life it leaves the fuel and goes out above it.
        float lift = 0.55f * tall * smooth(0.55f, 1, part);
        float x = cell->x + roll_in(&d, -0.5f, 0.5f) * dx, y = cell->y + roll_in(&d, -0.5f, 0.5f) * dy + 0.3f * wide;
        float sway =
            roll_in(&d, -0.22f, 0.22f) * tall * sinf(3.0f * part + 6.28f * roll(&d)) - 0.16f * cell->off * high;
        add_tongue(s,
                   (tongue){x + s->effects.wind * 0.7f * lift, y - lift, wide, high, 0.7f * s->effects.wind, sway, up});
    }
}

static void embers(scene *s, const fuel_list *fuel) {
    static const float warm[3] = {1, 0.50f, 0.16f};
    const float area = fuel->weight * s->span * s->tall / (GRID * GRID);
    const int count = (int)(45 * s->effects.amount[CLP_FIRE] * s->density * smooth(0, 0.03f, area));
    for (int k = 0; k < count; ++k) {
        dice own = dice_for(s->effects.seed, CLP_FIRE, 1000 + (uint32_t)k, 0);
        turn t = scene_turn(s, roll_in(&own, 0.7f, 1.5f), roll(&own));
        dice d = dice_for(s->effects.seed, CLP_FIRE, 1000 + (uint32_t)k, t.cycle + 1);
        const fuel_cell *cell = fuel_at(fuel, roll(&d));
        float rise = roll_in(&d, 0.25f, 0.65f) * s->speed, swing = roll_in(&d, 0.01f, 0.04f), phase = 6.28f * roll(&d);
        float pace = roll_in(&d, 3, 7), part = t.age / t.life, from[2], to[2];
        for (int end = 0; end < 2; ++end) {
            float age = t.age - (end == 0 ? 0.03f : 0), *p = end == 0 ? from : to;
            p[0] = cell->x + s->effects.wind * 0.5f * age + swing * sinf(phase + pace * age) * (0.3f + age);
            p[1] = cell->y - 0.3f * s->fire.height - rise * age;
        }
        float light = (1 - part) * smooth(0, 0.1f, part) * s->fade;
        const float colour[3] = {1, 0.42f + 0.42f * (1 - part), 0.12f + 0.25f * (1 - part)};
        scene_line(s, OVER, from[0], from[1], to[0], to[1], roll_in(&d, 0.0011f, 0.0022f), 0.4f, colour, light);
        scene_glow(s, to[0], to[1], 0.012f, warm, 0.35f * light);
    }
}

void effects_fire(scene *s) {
    const float amount = s->effects.amount[CLP_FIRE];
    const uint32_t seed = (uint32_t)s->effects.seed ^ (uint32_t)(s->effects.seed >> 32);
    fuel_list *fuel = &s->fuel;
    wick wicks[24];
    find_fuel(s, fuel);
    const int candles = find_wicks(s, wicks, 24);
    if (candles == 0 && fuel->count == 0) return;
    // It begins in the middle and spreads; how far says the strength.
    const float spread = s->effects.loops ? 1 : 0.55f + 0.45f * smooth(0, 0.6f, s->time);
    const float burning = fminf(1, s->effects.strength);
    if (fuel->count > 0) keep_near(fuel, sqrtf(burning) * spread);
    // Flames that are faint have no body: only what hardly burns at all is.
    s->fire.body = (s->effects.loops ? 1 : smooth(0, 3.0f / 16, s->time)) * smooth(0, 0.06f, s->effects.strength);
    float wide = 0;
    for (int k = 0; k < fuel->count; ++k) wide += fuel->cells[k].wide * fuel->cells[k].weight;
    wide = fuel->count > 0 ? wide / fuel->weight : 0.03f;
    flames *f = &s->fire;
    f->calm = fuel->count > 0 ? 0 : 1;
    f->height = between(0.05f, 0.06f + 0.62f * wide, 0.40f);
    f->fineness = 2.0f / f->height;
    // In a clip that loops a whole number of cells streams by.
    float stream = 1.15f * sqrtf(f->height / 0.3f) * s->speed * FLAT * f->fineness * s->effects.seconds;
    float churn = 1.7f * s->speed * s->effects.seconds;
    if (s->effects.loops) stream = fmaxf(roundf(stream), 2), churn = fmaxf(roundf(churn), 2);
    f->rows = s->effects.loops ? stream : 65536;
    f->layers = s->effects.loops ? churn : 65536;
    f->rise = stream * s->time;
    f->churn = churn * s->time;
    const float size = (0.55f + 0.45f * amount) * (0.5f + 0.5f * s->speed) * (0.3f + 0.7f * f->body);
    for (int k = 0; k < candles; ++k) candle(s, &wicks[k], k, size);
    if (fuel->count > 0) blaze(s, fuel, size);

    mark *m = scene_mark(s, FLAMES, OVER);
    m->seed = seed;
    m->alpha0 = smooth(0, 0.6f, f->body);
    m->left = m->top = 1e6f;
    m->right = m->bottom = -1e6f;
    for (int k = 0; k < f->count; ++k) {
        const tongue *t = &f->tongues[k];
        float reach = 2 * t->wide + fabsf(t->sway) + fabsf(t->lean) * t->high + 0.35f * f->height, u = s->unit;
        m->left = fminf(m->left, (t->x - reach) * u); m->right = fmaxf(m->right, (t->x + reach) * u);
        m->top = fminf(m->top, (t->y - t->high - 0.35f * f->height) * u);
        m->bottom = fmaxf(m->bottom, (t->y + t->wide + 0.1f * f->height) * u);
    }
    m->right = between(0, m->right, (float)s->width);
    if (fuel->count > 0) embers(s, fuel);

    // The light around it.
    memset(s->glow, 0, sizeof s->glow);
    for (int k = 0; k < fuel->count; ++k) {
        int i = (int)between(0, (fuel->cells[k].y - 0.3f * f->height) / s->tall * GRID, GRID - 1);
        s->glow[i * GRID + (int)between(0, fuel->cells[k].x / s->span * GRID, GRID - 1)] += fuel->cells[k].weight;
    }
    for (int k = 0; k < candles; ++k) {
        int i = (int)between(0, (wicks[k].y - 0.03f) / s->tall * GRID, GRID - 1);
        s->glow[i * GRID + (int)between(0, wicks[k].x / s->span * GRID, GRID - 1)] += 14;
    }
    for (int k = 0; k < 3; ++k) blur(s->glow, 8);
    for (int i = 0; i < GRID * GRID; ++i) s->glow[i] = s->glow[i] / (0.16f + s->glow[i]);
    float flicker = 0.85f + 0.35f * noise3(0.3f, 0.6f, 2 * f->churn, 65536, 2 * f->layers, seed + 3);
    s->glow_strength = amount * flicker * s->fade;
}
