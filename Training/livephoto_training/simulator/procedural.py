"""Procedural scenes: gradients, noise, checks, blobs and simple landscapes, for variety beyond the photographs."""

from __future__ import annotations

import numpy as np

SIZE = 288


def smooth_noise(rng: np.random.Generator, size: int, cells: int) -> np.ndarray:
    """Value noise in [0, 1], [size, size], with about ``cells`` bumps a side."""
    grid = rng.random((cells + 3, cells + 3))
    at = np.linspace(1, cells + 1 - 1e-6, size)
    low = at.astype(int)
    part = at - low
    part = part * part * (3 - 2 * part)
    rows = grid[low] * (1 - part[:, None]) + grid[low + 1] * part[:, None]
    return rows[:, low] * (1 - part) + rows[:, low + 1] * part


def cloud_noise(rng: np.random.Generator, size: int, cells: int, octaves: int = 4) -> np.ndarray:
    """Fractal noise in about [0, 1]."""
    total = sum(smooth_noise(rng, size, cells * 2 ** o) * 0.5 ** o for o in range(octaves))
    return total / sum(0.5 ** o for o in range(octaves))


def spectral_noise(rng: np.random.Generator, height: int, width: int, scale: float, slope: float, stretch: float = 1.0) -> np.ndarray:
    """Noise of mean 0 and deviation 1, [height, width], without the grid that value noise shows.

    ``scale``: size of its largest lumps, in short sides; ``slope``: how fast smaller ones lose height (2 rough, 3 soft); ``stretch``: how much
    longer than tall the lumps are.
    """
    unit = min(height, width)
    up, across = np.fft.fftfreq(height)[:, None] * unit / stretch ** 0.5, np.fft.rfftfreq(width)[None] * unit * stretch ** 0.5
    strength = ((1 / scale) ** 2 + up ** 2 + across ** 2) ** (-slope / 2)
    waves = np.fft.rfft2(rng.normal(0, 1, (height, width))) * strength
    waves[0, 0] = 0
    noise = np.fft.irfft2(waves, (height, width))
    return noise / max(noise.std(), 1e-9)


def colour(rng: np.random.Generator) -> np.ndarray:
    return rng.random(3) ** rng.uniform(0.6, 1.6)


def blend(mask: np.ndarray, one: np.ndarray, two: np.ndarray) -> np.ndarray:
    return mask[..., None] * one + (1 - mask[..., None]) * two


def landscape(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Sky with clouds, ridges of hills, and a foreground: dark below, bright above. The picture, and where its sky is."""
    rows = np.linspace(0, 1, SIZE)[:, None] * np.ones((1, SIZE))
    sky = np.array([0.35, 0.55, 0.9]) * rng.uniform(0.7, 1.1, 3)
    picture = blend(rows, np.array([0.9, 0.85, 0.8]) * rng.uniform(0.8, 1.1, 3), sky)
    clouds = np.clip(cloud_noise(rng, SIZE, 4) * 3 - 1.4, 0, 1)
    picture = blend(clouds, np.ones(3) * 0.95, picture)
    horizon, open_sky = rng.uniform(0.35, 0.6), np.ones((SIZE, SIZE))
    for layer in range(int(rng.integers(2, 5))):
        ridge = horizon + 0.13 * layer + (cloud_noise(rng, SIZE, int(rng.integers(2, 7)))[0] - 0.5) * 0.25
        texture = cloud_noise(rng, SIZE, 16, 3)[..., None] * 0.35 + 0.75
        open_sky = open_sky * (rows <= ridge)
        picture = blend((rows > ridge).astype(float), colour(rng) * np.array([0.6, 0.8, 0.5]) * texture, picture)
    return picture, open_sky


def as_bytes(picture: np.ndarray) -> np.ndarray:
    return (np.clip(picture, 0, 1) * 255).astype(np.uint8)


def landscape_with_sky(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """A landscape, uint8 [288, 288, 3], and the mask of its sky, uint8 [288, 288] of 0 and 1."""
    picture, open_sky = landscape(rng)
    return as_bytes(picture), (open_sky > 0.5).astype(np.uint8)


def procedural_scene(rng: np.random.Generator) -> np.ndarray:
    """One scene without sky, uint8 [288, 288, 3]."""
    kind = int(rng.integers(1, 5))
    if kind == 1:
        picture = blend(cloud_noise(rng, SIZE, int(rng.integers(3, 14))), colour(rng), colour(rng))
        picture = picture + (cloud_noise(rng, SIZE, 24, 3)[..., None] - 0.5) * rng.uniform(0, 0.6)
    elif kind == 2:
        y, x = np.mgrid[0:SIZE, 0:SIZE] / SIZE
        angle, count = rng.uniform(0, np.pi), rng.uniform(4, 14)
        u, v = x * np.cos(angle) + y * np.sin(angle), -x * np.sin(angle) + y * np.cos(angle)
        checks = np.clip(np.sin(2 * np.pi * u * count) * np.sin(2 * np.pi * v * count) * 6 + 0.5, 0, 1)
        picture = blend(checks, colour(rng), colour(rng)) * (0.7 + 0.6 * cloud_noise(rng, SIZE, 6)[..., None])
    elif kind == 3:
        picture = np.stack([cloud_noise(rng, SIZE, int(rng.integers(2, 20))) for _ in range(3)], -1)
        picture = (picture - 0.5) * rng.uniform(1, 3) + 0.5
    else:
        y, x = np.mgrid[0:SIZE, 0:SIZE] / SIZE
        picture = blend(y, colour(rng), colour(rng)) * (0.85 + 0.3 * cloud_noise(rng, SIZE, 20, 3)[..., None])
        for _ in range(int(rng.integers(5, 30))):
            cx, cy, radius, aspect = rng.random(), rng.random(), rng.uniform(0.02, 0.2), rng.uniform(0.5, 2)
            distance = np.hypot((x - cx) * aspect, (y - cy) / aspect)
            picture = blend(np.clip((radius - distance) * SIZE, 0, 1), colour(rng), picture)
    return as_bytes(picture)
