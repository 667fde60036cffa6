// Random numbers that depend on nothing but what they are for, and smooth noise made of them.
#pragma once
#include "clp_kernels.h"
#include "clp_math.h"

CLP_INLINE uint32_t clp_mix(uint32_t h) {
    h ^= h >> 16; h *= 0x7feb352du;
    h ^= h >> 15; h *= 0x846ca68bu;
    return h ^ (h >> 16);
}

// ---- dice ----

typedef struct { uint32_t state; } dice;

CLP_INLINE dice dice_for(uint64_t seed, uint32_t kind, uint32_t slot, uint32_t cycle) {
    uint32_t h = clp_mix((uint32_t)seed + 0x9e3779b9u);
    h = clp_mix(h ^ (uint32_t)(seed >> 32)) + kind * 0x85ebca6bu;
    h = clp_mix(h) + slot;
    h = clp_mix(h) + cycle;
    return (dice){clp_mix(h)};
}
/// The next of its numbers, 0 ..< 1.
CLP_INLINE float roll(dice *d) {
    d->state += 0x9e3779b9u;
    return (float)(int32_t)(clp_mix(d->state) >> 8) * (1.0f / 16777216.0f);
}
CLP_INLINE float roll_in(dice *d, float low, float high) { return low + (high - low) * roll(d); }

// ---- gradient noise on a lattice that repeats ----

CLP_INLINE float between(float low, float x, float high) { x = x > low ? x : low; return x < high ? x : high; }
CLP_INLINE float fade_curve(float t) { return t * t * t * (t * (t * 6 - 15) + 10); }
CLP_INLINE float smooth(float low, float high, float x) {
    float t = between(0, (x - low) / (high - low), 1);
    return t * t * (3 - 2 * t);
}

CLP_INLINE float corner(uint32_t h, float x, float y, float z) {
    h ^= h >> 15; h *= 0x846ca68bu; h ^= h >> 13;
    float gx = (float)(int32_t)(h & 1023) - 511.5f;
    float gy = (float)(int32_t)((h >> 10) & 1023) - 511.5f;
    float gz = (float)(int32_t)((h >> 20) & 1023) - 511.5f;
    return gx * x + gy * y + gz * z;
}

/// About -1...1, mean 0. Repeats after `rows` cells of y and `layers` cells of z.
CLP_INLINE float noise3(float x, float y, float z, float rows, float layers, uint32_t seed) {
    CLP_CONTRACT
    float fx = __builtin_floorf(x), fy = __builtin_floorf(y), fz = __builtin_floorf(z);
    float tx = x - fx, ty = y - fy, tz = z - fz;
    float y0 = fy - rows * __builtin_floorf(fy / rows), z0 = fz - layers * __builtin_floorf(fz / layers);
    float y1 = y0 + 1 < rows ? y0 + 1 : 0, z1 = z0 + 1 < layers ? z0 + 1 : 0;
    uint32_t a = (uint32_t)(int32_t)fx * 0x9e3779b1u + seed, b = a + 0x9e3779b1u;
    uint32_t c = (uint32_t)(int32_t)y0 * 0x85ebca77u, d = (uint32_t)(int32_t)y1 * 0x85ebca77u;
    uint32_t e = (uint32_t)(int32_t)z0 * 0xc2b2ae3du, f = (uint32_t)(int32_t)z1 * 0xc2b2ae3du;
    float u = fade_curve(tx), v = fade_curve(ty), w = fade_curve(tz);
    float n00 = corner(a ^ c ^ e, tx, ty, tz), n10 = corner(b ^ c ^ e, tx - 1, ty, tz);
    float n01 = corner(a ^ d ^ e, tx, ty - 1, tz), n11 = corner(b ^ d ^ e, tx - 1, ty - 1, tz);
    float m00 = corner(a ^ c ^ f, tx, ty, tz - 1), m10 = corner(b ^ c ^ f, tx - 1, ty, tz - 1);
    float m01 = corner(a ^ d ^ f, tx, ty - 1, tz - 1), m11 = corner(b ^ d ^ f, tx - 1, ty - 1, tz - 1);
    float n0 = n00 + u * (n10 - n00), n1 = n01 + u * (n11 - n01);
    float m0 = m00 + u * (m10 - m00), m1 = m01 + u * (m11 - m01);
    float n = n0 + v * (n1 - n0), m = m0 + v * (m1 - m0);
    return (n + w * (m - n)) * (1.55f / 511.5f);
}

CLP_INLINE float corner2(uint32_t h, float x, float y) {
    h ^= h >> 15; h *= 0x846ca68bu; h ^= h >> 13;
    float gx = (float)(int32_t)(h & 65535) - 32767.5f, gy = (float)(int32_t)(h >> 16) - 32767.5f;
    return gx * x + gy * y;
}

/// The same in the plane, without an end.
CLP_INLINE float noise2(float x, float y, uint32_t seed) {
    CLP_CONTRACT
    float fx = __builtin_floorf(x), fy = __builtin_floorf(y), tx = x - fx, ty = y - fy;
    uint32_t a = (uint32_t)(int32_t)fx * 0x9e3779b1u + seed, b = a + 0x9e3779b1u;
    uint32_t c = (uint32_t)(int32_t)fy * 0x85ebca77u, d = c + 0x85ebca77u;
    float u = fade_curve(tx), v = fade_curve(ty);
    float n00 = corner2(a ^ c, tx, ty), n10 = corner2(b ^ c, tx - 1, ty);
    float n01 = corner2(a ^ d, tx, ty - 1), n11 = corner2(b ^ d, tx - 1, ty - 1);
    float n0 = n00 + u * (n10 - n00), n1 = n01 + u * (n11 - n01);
    return (n0 + v * (n1 - n0)) * (1.35f / 32767.5f);
}
