// New content drawn over a frame: snow, rain, fire and the like. See "Effects" in Models/FORMAT.md.
//
// A frame is made in two steps: clp_effects_prepare works out where everything is at one time, clp_effects_rows draws
// rows of it. Lengths are in short sides of the picture, speeds in short sides a second, so that the look does not depend on
// the picture's size.
#pragma once
#include "clp_kernels.h"

enum {
    CLP_SNOW, CLP_RAIN, CLP_LEAVES, CLP_SPARKS, CLP_FIREWORKS, CLP_LIGHTNING, CLP_FIRE, CLP_SMOKE, CLP_DRIP, CLP_POUR,
    CLP_STARS, CLP_MIST, CLP_SHADOWS, CLP_EFFECTS
};
/// Rows and columns of the grid that says where the named stuff is.
enum { CLP_PLACE_GRID = 96 };

typedef struct {
    float amount[CLP_EFFECTS];   // 0...1, 0 where the kind is absent
    float strength;              // 0...4, 1 is natural
    float wind;                  // -1...1, to the right positive
    uint64_t seed;
    bool loops;                  // time 1 shows what time 0 shows
    bool placed;                 // false: grid says nothing, every kind has a place of its own
    float seconds;               // of the clip
    float daylight;              // 0 a photo taken at night ... 1 by day, from clp_effects_daylight
    float tint[3];               // colour of the place, from clp_effects_tint
    const float *grid;           // [CLP_PLACE_GRID, CLP_PLACE_GRID], from clp_effects_place
} clp_effects;

/// A soft mask [rows, columns] of the whole picture, cleaned of haze and brought to the grid; false when it marks
/// nothing.
bool clp_effects_place(const float *mask, clp_size rows, clp_size columns, float *grid);

/// How much of a day a picture [height, width, 3] shows, 0...1, from a few of its pixels.
float clp_effects_daylight(const float *frame, clp_size height, clp_size width);

/// Mean colour [3] of a picture [height, width, 3] where the grid (nil: everywhere) is, from a few of its pixels.
void clp_effects_tint(const float *frame, clp_size height, clp_size width, const float *grid, float *tint);

/// Floats of memory that clp_effects_prepare fills.
clp_size clp_effects_scene_floats(void);
/// Everything that a frame of this size shows at `time` (0...1 of the clip). Returns false when that is nothing.
bool clp_effects_prepare(const clp_effects *effects, float time, clp_size height, clp_size width, float *scene);
/// Floats of scratch that clp_effects_rows needs.
clp_size clp_effects_scratch(clp_size width);
/// Draws rows first ..< last of a prepared scene over frame [height, width, 3], which stays within 0...1.
void clp_effects_rows(const float *scene, clp_size first, clp_size last, float *frame, float *scratch);
