// The motion field of one frame, laid over a picture of any size, row by row. See "Motion field" in Models/FORMAT.md.
#pragma once
#include "clp_kernels.h"

typedef struct {
    const float *dense;          // [rows, columns, 3]: displacement (u, v) and light g
    const float *affine;         // a11 a12 a13 a21 a22 a23, light of red, green, blue
    clp_size rows, columns;      // of dense
    clp_size height, width;      // of the picture
    float flow_scale, light_scale;
    bool still;                  // no motion, no change of light
} clp_motion;

/// Floats of scratch that the functions below need.
clp_size clp_motion_scratch(const clp_motion *motion);
/// Rows first ..< last of flow [height, width, 2] in pixels (x, y) and gain [height, width, 3].
void clp_motion_field(const clp_motion *motion, clp_size first, clp_size last, float *flow, float *gain, float *scratch);
/// Rows first ..< last of y [height, width, 3] = gain * (photo sampled at its pixel + flow). The sampling is torch's
/// grid_sample (align_corners false): bilinear or bicubic (a = -0.75), border reflected or clamped.
void clp_motion_move(const clp_motion *motion, const float *photo, clp_size first, clp_size last, bool bicubic,
                     bool reflect, float *y, float *scratch);
