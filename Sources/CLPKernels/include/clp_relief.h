// How near everything in a photo is, with the edges of what stands out; for a camera that passes by. Lengths in units of half the side of the
// square of equal area, depth 0 far to 1 near.
#pragma once
#include "clp_kernels.h"

/// Bounds are kept for squares of this many cells.
enum { CLP_RELIEF_BLOCK = 8 };

typedef struct {
    clp_size rows, columns;              // of the cells, which lie over the photo
    const float *near;                   // [rows, columns]
    clp_size block_rows, block_columns;  // of the squares
    const float *bounds;                 // [block_rows, block_columns, 2]: least and greatest depth that a ray can meet there
    float closeness;                     // by how much of its way a camera moves what is nearest farther than what is farthest
} clp_relief;

/// Soft edges become steps: where a square of 2 * radius + 1 cells holds values more than `least` apart, its middle takes the nearer extreme.
void clp_relief_sharpen(const float *x, clp_size rows, clp_size columns, clp_size radius, float least, float *y);
/// Each cell becomes the mean of those left and right of it (rows first ..< last), or above and below (columns first ..< last), up to `radius`
/// cells away, as far as none differs from the one before by more than `tolerance`: things keep their edges and become flat.
void clp_relief_flatten_rows(const float *x, clp_size columns, clp_size radius, float tolerance, clp_size first, clp_size last, float *y);
void clp_relief_flatten_columns(const float *x, clp_size rows, clp_size columns, clp_size radius, float tolerance, clp_size first, clp_size last,
                                float *y);
/// What is less than `narrow` cells wide, a tower or a person far away, stands: from its foot up it is as far away as its foot is, across gaps of
/// less than `gap` rows and as long as depth changes by no more than `step` there. `thin`: [rows, columns], scratch.
void clp_relief_stand(const float *x, clp_size rows, clp_size columns, clp_size narrow, clp_size gap, float step, uint8_t *thin, float *y);
/// A thin thing goes on upwards, up to `longest` rows, where depth does not show it but the picture [rows, columns, 3] has something narrow before what is
/// alike on both sides: the tip of a mast. x is changed; `thin`, as `clp_relief_stand` leaves it, is used up.
void clp_relief_tips(float *x, const float *picture, clp_size rows, clp_size columns, clp_size longest, float step, uint8_t *thin);
/// Each cell becomes the greatest within `radius` cells of it.
void clp_relief_grow(const float *x, clp_size rows, clp_size columns, clp_size radius, float *y);
/// Bounds [block rows, block columns, 2] of what lies within so many cells of each square, or a little farther; `own`: as much scratch.
void clp_relief_bounds(const float *x, clp_size rows, clp_size columns, clp_size reach_down, clp_size reach_across, float *own, float *bounds);
