// What a photo does not show: patch completion, push-pull fill, guided filter. Used by LPModels/Plates.
//
// Functions with rows first ..< last may work on several runs of rows at once; the others need their order.
#pragma once
#include "clp_kernels.h"

// ---- patches.c, patch_levels.c, patch_fill.c ----

/// What is known of a pixel: nothing, all, or all but it is never copied.
enum { CLP_HOLE = 0, CLP_KNOWN = 1, CLP_SHY = 2 };
/// Patches are squares of 2 * CLP_PATCH_RADIUS + 1 pixels around their centre, and lie inside the picture.
enum { CLP_PATCH_RADIUS = 3, CLP_PATCH_SLACK = 16 };
/// What the patch around a pixel is: nothing of use, copied from (all CLP_KNOWN), or to be found (part of it a hole).
enum { CLP_PATCH_IDLE = 0, CLP_PATCH_SOURCE = 1, CLP_PATCH_TARGET = 2 };
/// Pixel values are 0 ... CLP_PATCH_WHITE.
enum { CLP_PATCH_WHITE = 1020 };

/// One level of a picture with a hole. Patches are compared in whole numbers, so that every processor finds the same ones.
typedef struct {
    clp_size height, width;  // at least 2 * CLP_PATCH_RADIUS + 1 each
    int16_t *pixels;         // [height, width, 4] red, green, blue, texture; CLP_PATCH_SLACK more values follow
    uint8_t *known;          // [height, width]
    uint8_t *kind;           // [height, width]
    uint8_t *share;          // [height, width]: how many pixels of the patch are hole
    int32_t *match;          // [height, width]: index of the source of a target, -1 elsewhere
    int32_t *cost;           // [height, width]: squared distance to it, with its price
    // The price of a source is its squared distance, by axis, from the target after that has been moved into a rectangle,
    // times the part of the patch that is hole: what is known says enough about the rest.
    clp_size left, top, right, bottom;
    float column_price, row_price;
} clp_patches;

/// Rows first ..< last of a level from a picture [height, width, 3] in 0...1 that is at least as large: means of what is
/// known. A pixel is known if all of it is.
void clp_patches_reduce(clp_patches *level, const float *picture, const uint8_t *known, clp_size height, clp_size width,
                        clp_size first, clp_size last);
/// The fourth value of each pixel: how strong its steps to the right and down are. In smaller levels, where fine texture
/// averages out, it tells rough from smooth (as in Newson et al. 2014).
void clp_patches_texture(clp_patches *level, clp_size first, clp_size last);
/// A level of half the size, rounded up.
void clp_patches_halve(const clp_patches *level, clp_patches *half);
/// Sets kind, and match to -1; writes the indices of the sources and returns how many there are.
clp_size clp_patches_classify(clp_patches *level, int32_t *sources);
/// Fills the hole from its edge inwards, pixel by pixel, each from the best of the sources. Exhaustive: for a small level.
/// Scratch: `ring` [height, width]; `filled` [height, width, 4] and CLP_PATCH_SLACK more.
void clp_patches_peel(clp_patches *level, const int32_t *sources, clp_size count, int16_t *ring, int16_t *filled);
/// Matches of a level from those of its half; where that has none, some source. Costs are set to 0.
void clp_patches_refine(clp_patches *level, const clp_patches *half, const int32_t *sources, clp_size count);
/// Costs of all matches, after the pixels have changed.
void clp_patches_score(clp_patches *level);
/// One pass of PatchMatch (Barnes et al. 2009): propagation forwards (even pass) or backwards, random search from `reach`
/// pixels down to one. Returns the mean cost of the targets.
double clp_patches_search(clp_patches *level, uint32_t pass, clp_size reach);
/// Hole pixels of rows first ..< last = weighted mean of what the patches over them say; a patch of cost `scale` has half
/// the weight of a perfect one.
void clp_patches_vote(clp_patches *level, clp_size first, clp_size last, float scale);

// ---- patch_seams.c ----

/// How much the steps between neighbouring copies differ from the steps that their sources have: seams [height, width, 4],
/// rows first ..< last, summed over the four neighbours. Zero wherever neighbours were copied together.
void clp_patches_seams(const clp_patches *level, clp_size first, clp_size last, float *seams);
/// One half sweep (pixels with x + y of one parity) of over-relaxation for the smooth correction [height, width, 4] that
/// takes the seams away; it fades over about 1 / sqrt(stiffness) pixels and is zero where the picture is known.
void clp_patches_relax(const clp_patches *level, const float *seams, float *correction, clp_size first, clp_size last,
                       int parity, float stiffness);
/// Rows first ..< last of a picture [height, width, 3]: holes are copied from known pixels by the matches of the level, a
/// reduced copy of the picture, and corrected. Neighbouring matches that disagree are blended. Values stay within lowest[3]
/// and highest[3].
void clp_patches_transfer(const clp_patches *level, const float *correction, const uint8_t *known, clp_size height,
                          clp_size width, clp_size first, clp_size last, const float *lowest, const float *highest,
                          float *picture);

// ---- fill_mask.c ----

/// known = CLP_HOLE where the mask is above the threshold, CLP_KNOWN elsewhere (also where the mask is no number).
void clp_mask_holes(const float *mask, uint8_t *known, clp_size count, float threshold);
/// Holes grow by `radius` pixels to all sides, corners included. `scratch`: [height, width]
void clp_grow_holes(uint8_t *known, clp_size height, clp_size width, clp_size radius, uint8_t *scratch);
/// Least and largest value of each of three channels over all pixels that are known. Returns how many are holes.
clp_size clp_known_range(const float *picture, const uint8_t *known, clp_size count, float lowest[3], float highest[3]);

// ---- push_pull.c ----

/// Rows first ..< last of the next smaller level, (height + 1) / 2 x (width + 1) / 2: colours, already times their weights,
/// and weights of 2 x 2 pixels summed, then scaled so that the weight is at most 1. Outside there is nothing.
void clp_push(const float *colour, const float *weight, clp_size height, clp_size width, clp_size channels, clp_size first,
              clp_size last, float *smaller, float *smaller_weight);
/// colour += (1 - weight) * enlarged
void clp_pull(const float *enlarged, const float *weight, float *colour, clp_size count, clp_size channels);

// ---- guided.c ----

/// x = the smooth step of x from 0 at `low` to 1 at `high`; what is no number becomes 0.
void clp_smooth_step(float *x, clp_size count, float low, float high);
/// What a guided filter averages: red, green, blue, mask, mask times each colour, six products of colours: [count, 13].
void clp_guided_moments(const float *guide, const float *mask, float *moments, clp_size count);
/// Means over windows of 2 * radius + 1 clipped to the picture: along rows, then along columns.
void clp_box_rows(const float *x, float *y, clp_size width, clp_size channels, clp_size radius, clp_size first,
                  clp_size last);
void clp_box_columns(const float *x, float *y, clp_size height, clp_size columns, clp_size radius, clp_size first,
                     clp_size last);
/// Means of moments to the linear map from colour to mask: three factors and an offset, [count, 4].
void clp_guided_solve(const float *means, float *map, clp_size count, float epsilon);
/// mask = map applied to the guide
void clp_guided_apply(const float *map, const float *guide, float *mask, clp_size count);

// ---- colour_cut.c ----

/// Steps of each of three axes of colour, and cells of a histogram.
enum { CLP_CUT_SIDE = 24, CLP_CUT_BINS = CLP_CUT_SIDE * CLP_CUT_SIDE * CLP_CUT_SIDE };
/// The cell of each colour of a picture [count, 3]; what is no number goes to the first step.
void clp_cut_bins(const float *picture, int32_t *bins, clp_size count);
/// histogram [CLP_CUT_BINS] of weights of at least 0, blurred; its sum is 1, or less if there is hardly any weight.
/// `scratch`: [CLP_CUT_BINS]
void clp_cut_histogram(const int32_t *bins, const float *weights, clp_size count, float *histogram, float *scratch);
/// What two histograms share: 0 nothing, 1 all.
float clp_cut_overlap(const float *inside, const float *outside);
/// How much each pixel says about the colours inside and outside, by the mask, the nearness to it and the present belief
/// that the pixel is inside; all in 0...1.
void clp_cut_weights(const float *mask, const float *near, const float *belief, float *inside, float *outside,
                     clp_size count);
/// What place (a blurred mask), nearness and colour say, 0...1, and how sure that is, above 0.
void clp_cut_targets(const float *place, const float *near, const int32_t *bins, const float *inside,
                     const float *outside, float *target, float *pull, clp_size count);
/// How much alike neighbours are, beside the picture's mean contrast: edges [height, width, 4] to the right, down, down
/// right and down left.
void clp_cut_edges(const float *picture, clp_size height, clp_size width, float *edges);
/// Sweeps of over-relaxation for the belief [height, width] that is near the target where that pulls, and near its
/// neighbours' where those are alike.
void clp_cut_relax(const float *edges, const float *target, const float *pull, clp_size height, clp_size width,
                   int sweeps, float *belief);
