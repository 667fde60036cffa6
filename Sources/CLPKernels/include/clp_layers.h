// One frame of a photo in layers: camera, a region that moves in place, an object that moves by itself. See "Layers" in
// Models/FORMAT.md. Lengths in units of half the side of the square of equal area, x right, y down, 0 in the middle.
#pragma once
#include "clp_kernels.h"
#include "clp_relief.h"

typedef struct {
    clp_size height, width;                // of the frame and of the masks
    clp_size left, top;                    // margins of the photo's canvas before the photo
    clp_size canvas_height, canvas_width;  // of the pictures below: photo and margins
    const float *photo;                    // [canvas_height, canvas_width, 3]
    const float *background;               // the photo without the object, [height, width, 3], or NULL
    const float *plate;                    // the region's look, continued, [height, width, 3], or NULL
    const float *object_mask;              // [height, width], or NULL
    const float *region_mask;              // [height, width], or NULL
    const float *depth;                    // [depth_rows, depth_columns], 0 far to 1 near, or NULL
    clp_size depth_rows, depth_columns;
    const clp_relief *relief;              // the depth with its edges, for parallax; NULL: the depth itself serves
    const float *offsets;                  // of the region, (x, y, log gain), [offset_side, offset_side, 3] over its place -reach ... reach, or NULL
    clp_size offset_side;
    float offset_x, offset_y, offset_reach;
    float recede_top, recede_height;       // of a plane that recedes: its waves are the shorter and smaller the farther; height 0: it does not
    const float *ease;                     // share of the offsets, [depth_rows, depth_columns] over the scene, or NULL: all of them
    const float *freedom;                  // 0 ... 1 about the parts of the region's outline that go along, on the grid of ease, or NULL: none does
    const float *behind;                   // the photo without the region, [height, width, 3]; NULL if and only if freedom is
    float camera[6];                       // tx, ty, zoom, angle, parallax x, parallax y
    float object[7];                       // tx, ty, zoom, angle, width, bend x, bend y
    float centre_x, centre_y, half_height, pivot;
    float light[3];                        // log gain of red, green, blue
    float sweep, sweep_place;              // depth and place (-1 ... 1) of a shadow that passes
    bool bicubic;
} clp_layers;

/// Rows first ..< last of y [height, width, 3].
void clp_layers_render(const clp_layers *layers, clp_size first, clp_size last, float *y);
