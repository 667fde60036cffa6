// What the files effects_*.c share: a scene is a list of marks in the order in which they are painted, and the light on
// the picture.
#pragma once
#include "clp_effects.h"
#include "effects_noise.h"

enum { GRID = CLP_PLACE_GRID, MARKS = 12288, TONGUES = 160 };
enum shape { CAPSULE, GLOW, LEAF, PUFF, RING, DROP, STREAM, FLAMES };
/// How a mark meets what is under it. UNION adds the largest of a run of neighbouring marks, so that no joint shows.
enum blend { OVER, ADD, UNION };

/// In pixels of the frame. A shape uses what it needs; see the function that paints it.
typedef struct {
    int32_t shape, blend;
    float left, top, right, bottom;   // nothing is drawn outside
    float x0, y0, x1, y1;
    float radius0, radius1, soft;
    float red, green, blue;
    float alpha0, alpha1;
    float detail[4];
    uint32_t seed;
} mark;

/// One tongue of flame, in short sides: a drop that stands on (x, y), bends by `lean` a unit of height and by `sway` at
/// its tip.
typedef struct { float x, y, wide, high, lean, sway, power; } tongue;

/// What burns: cells of the place in the order of their columns, in short sides.
typedef struct { float x, y, weight, wide, off; } fuel_cell;
typedef struct { fuel_cell cells[GRID * GRID]; int count; float weight; } fuel_list;

typedef struct {
    float height;                // of a typical tongue
    float calm;                  // 0: a blaze, 1: the flame of a candle
    float body;                  // 0...1: how solid
    float fineness;              // cells of noise a short side
    float rise, rows;            // how far the noise has streamed up, in cells, and after how many it repeats
    float churn, layers;         // the same for its change in place
    int count;
    tongue tongues[TONGUES];
} flames;

/// Of clouds: how dark, which way they run, how far they have run and after how far they repeat, in cells.
typedef struct { float depth, way, run, rows; } cloud_shadows;

typedef struct {
    clp_effects effects;
    float time, now;             // of the clip: 0...1, seconds
    float fade;                  // 0...1: content comes up out of nothing at the start
    float speed, density;        // what the strength does to both, 1 is natural
    clp_size height, width;
    float unit;                  // pixels of the short side
    float span, tall;            // the picture in short sides
    // The light: colour to grey, then times gain, plus lift.
    float grey, gain[3], lift[3];
    float night;                 // how much darker the sky gets
    float dusk;                  // and how much of the day is taken out of all the picture
    float evening;               // 0...1: night falls more slowly than content comes up
    cloud_shadows shadow;
    flames fire;
    float glow_strength;
    float sky[GRID * GRID], ground[GRID * GRID], glow[GRID * GRID];
    fuel_list fuel;              // here because it is too large for a small stack
    clp_size count;
    mark marks[MARKS];
} scene;

// ---- effects_scene.c ----

/// A new mark at the end of the list, all zero but for its shape; when the list is full, a spare one that is never
/// painted.
mark *scene_mark(scene *s, enum shape shape, enum blend blend);
/// A line from (x0, y0) to (x1, y1), a dot when they are equal, in short sides. Thinner than a pixel it gets paler
/// instead.
mark *scene_line(scene *s, enum blend blend, float x0, float y0, float x1, float y1, float radius, float soft,
                 const float colour[3], float alpha);
mark *scene_glow(scene *s, float x, float y, float radius, const float colour[3], float alpha);
/// A puff of smoke or mist about (x, y), in short sides; effects_smoke.c.
mark *scene_puff(scene *s, float x, float y, float radius);
/// A grid's value at a place in short sides.
float scene_grid(const scene *s, const float *grid, float x, float y);

/// One of the lives that a slot goes through, one after another.
typedef struct {
    float age, life;             // seconds
    uint32_t cycle;
    float edge;                  // 0...1: rises from and falls to 0 at both ends of the life
} turn;
/// `life` is what it would like to be; in a clip that loops a whole number of lives fits the clip.
turn scene_turn(const scene *s, float life, float phase);
/// The age in seconds of one of `count` events spread over the clip, negative when it is still to come.
float scene_event_age(const scene *s, uint32_t kind, int index, int count);
int scene_count(const scene *s, int kind, float natural);
/// Lets night fall: `sky` takes the light out of the sky of any photo, `day` out of all of a photo taken by day.
void scene_night(scene *s, float sky, float day);

/// Flames are noise that is stretched upwards by this much.
#define FLAT 0.5f

// ---- generators, one a kind ----

void effects_snow(scene *s);
void effects_rain(scene *s);
void effects_leaves(scene *s);
void effects_sparks(scene *s);
void effects_fireworks(scene *s);
void effects_lightning(scene *s);
void effects_stars(scene *s);
void effects_mist(scene *s);
void effects_shadows(scene *s);
void effects_fire(scene *s);
void effects_smoke(scene *s);
void effects_drip(scene *s);
void effects_pour(scene *s);

// ---- painters of one row: frame points at the row, scratch has 8 rows of floats ----

void paint_light(const scene *s, clp_size row, float *frame, float *scratch);
/// sky: 0...1 for each pixel of the row.
void paint_shadows(const scene *s, clp_size row, const float *sky, float *frame);
void paint_flames(const scene *s, const mark *m, clp_size row, float *frame, float *scratch);
/// radius1: 0 lit from above on the left, 1 evenly.
void paint_puff(const scene *s, const mark *m, clp_size row, float *frame, float *scratch);
void paint_stream(const scene *s, const mark *m, clp_size row, float *frame, float *scratch);
void paint_drop(const scene *s, const mark *m, clp_size row, float *frame, float *scratch);
/// The first and the last + 1 pixel of a row that a mark touches.
CLP_INLINE clp_size mark_first(const mark *m) { return m->left > 0 ? (clp_size)m->left : 0; }
CLP_INLINE clp_size mark_last(const scene *s, const mark *m) {
    return m->right < (float)s->width ? (m->right > 0 ? (clp_size)m->right + 1 : 0) : s->width;
}
