#include <math.h>

#include "clp_math.h"
#include "clp_plates.h"

// Cutting a thing out by its colours: soft GrabCut (Rother et al. 2004) with histograms for its mixtures and a random
// walk with priors (Grady 2005) for its graph cut. All of it on small pictures, in one order.

enum { BINS = CLP_CUT_SIDE, CELLS = CLP_CUT_BINS };

CLP_INLINE int bin(float value) {
    float t = value * BINS;
    t = t > 0 ? t : 0;
    t = t < BINS - 1 ? t : BINS - 1;
    return (int)t;
}

void clp_cut_bins(const float *picture, int32_t *bins, clp_size count) {
    // Light and two axes of colour, which tell things apart better than light does.
    const float chroma = 1.5f / 2;
    for (clp_size i = 0; i < count; ++i, picture += 3) {
        const float r = picture[0], g = picture[1], b = picture[2];
        const int light = bin((r + g + b) / 3);
        const int first = bin(0.5f + chroma * (r - g)), second = bin(0.5f + chroma * ((r + g) / 2 - b));
        bins[i] = (light * BINS + first) * BINS + second;
    }
}

/// One pass of 1 2 1 along the axis whose cells are `step` apart; nothing outside.
static void blur(const float *x, float *y, int step) {
    for (int i = 0; i < CELLS; ++i) {
        const int place = i / step % BINS;
        const float before = place > 0 ? x[i - step] : 0, after = place < BINS - 1 ? x[i + step] : 0;
        y[i] = 0.25f * (before + after) + 0.5f * x[i];
    }
}

void clp_cut_histogram(const int32_t *bins, const float *weights, clp_size count, float *histogram, float *scratch) {
    for (int i = 0; i < CELLS; ++i) histogram[i] = 0;
    for (clp_size i = 0; i < count; ++i) histogram[bins[i]] += weights[i];
    for (int step = 1; step < CELLS; step *= BINS) {
        blur(histogram, scratch, step);
        blur(scratch, histogram, step);
    }
    double sum = 0;
    for (int i = 0; i < CELLS; ++i) sum += histogram[i];
    const float factor = (float)(1 / (sum > 1e-6 ? sum : 1e-6));
    for (int i = 0; i < CELLS; ++i) histogram[i] *= factor;
}

float clp_cut_overlap(const float *inside, const float *outside) {
    double sum = 0;
    for (int i = 0; i < CELLS; ++i) sum += inside[i] < outside[i] ? inside[i] : outside[i];
    return (float)sum;
}

void clp_cut_weights(const float *mask, const float *near, const float *belief, float *inside, float *outside,
                     clp_size count) {
    for (clp_size i = 0; i < count; ++i) {
        inside[i] = belief[i] * (0.2f + 0.8f * mask[i]);
        outside[i] = (1 - belief[i]) * (near[i] + 0.02f) * (1 - 0.5f * mask[i]);
    }
}

void clp_cut_targets(const float *place, const float *near, const int32_t *bins, const float *inside,
                     const float *outside, float *target, float *pull, clp_size count) {
    const float rare = 0.3f / CELLS, most = 3;  // of a colour that was hardly seen; natural logarithm
    for (clp_size i = 0; i < count; ++i) {
        float colour = logf((inside[bins[i]] + rare) / (outside[bins[i]] + rare));
        colour = colour > most ? most : colour < -most ? -most : colour;
        const float odds = 0.5f * logf((place[i] + 0.03f) / (1 - place[i] + 0.03f)) - 4 * (1 - near[i]);
        target[i] = 1 / (1 + clp_exp(-(odds + colour)));
        pull[i] = 0.5f * (0.1f + fabsf(2 * target[i] - 1));
    }
}

void clp_cut_edges(const float *picture, clp_size height, clp_size width, float *edges) {
    static const int right[4] = {1, 0, 1, -1}, down[4] = {0, 1, 1, 1};
    double sum = 0;
    clp_size pairs = 0;
    for (clp_size y = 0; y < height; ++y) {
        for (clp_size x = 0; x < width; ++x) {
            for (int k = 0; k < 4; ++k) {
                float *edge = edges + (y * width + x) * 4 + k;
                *edge = -1;
                if (x + right[k] < 0 || x + right[k] >= width || y + down[k] >= height) continue;
                const float *a = picture + (y * width + x) * 3, *b = a + (down[k] * width + right[k]) * 3;
                const float square = (a[0] - b[0]) * (a[0] - b[0]) + (a[1] - b[1]) * (a[1] - b[1]) +
                                     (a[2] - b[2]) * (a[2] - b[2]);
                *edge = square < 3 ? square : 3;  // also what is no number
                sum += *edge;
                ++pairs;
            }
        }
    }
    const float factor = (float)(1 / ((pairs ? sum / (double)pairs : 1) + 1e-6));
    for (clp_size i = 0; i < height * width * 4; ++i) {
        const float length = i % 4 < 2 ? 1 : 0.70710678f;
        edges[i] = edges[i] < 0 ? 0 : (0.02f + 0.98f * clp_exp(-edges[i] * factor)) * length;
    }
}

void clp_cut_relax(const float *edges, const float *target, const float *pull, clp_size height, clp_size width,
                   int sweeps, float *belief) {
    const clp_size count = height * width;
    for (int sweep = 0; sweep < sweeps; ++sweep) {
        for (clp_size n = 0; n < count; ++n) {
            const clp_size i = sweep % 2 ? count - 1 - n : n, y = i / width, x = i - y * width;
            const float *edge = edges + 4 * i, *above = edge - 4 * width;
            float sum = pull[i] * target[i], weight = pull[i];
#define ADD(step, value) sum += (value) * belief[i + (step)], weight += (value)
            // An edge that would leave the picture to the right or downwards has no weight, but nothing to read either.
            if (x + 1 < width) ADD(1, edge[0]);
            if (x > 0) ADD(-1, edge[-4]);
            if (y + 1 < height) {
                ADD(width, edge[1]);
                if (x + 1 < width) ADD(width + 1, edge[2]);
                if (x > 0) ADD(width - 1, edge[3]);
            }
            if (y > 0) {
                ADD(-width, above[1]);
                if (x > 0) ADD(-width - 1, above[2 - 4]);
                if (x + 1 < width) ADD(-width + 1, above[3 + 4]);
            }
#undef ADD
            const float value = belief[i] + 1.6f * (sum / weight - belief[i]);  // over-relaxed
            belief[i] = value > 0 ? (value < 1 ? value : 1) : 0;
        }
    }
}
