"""How a motion goes through time: easings from 0 to 1, oscillations that start at 0, and random but smooth series."""

from __future__ import annotations

import numpy as np


def ease(rng: np.random.Generator, frames: int) -> np.ndarray:
    """Progress s_0 = 0 ... s_last = 1, [F]: constant speed, ease in and out, in, out, or random speed."""
    t = np.linspace(0, 1, frames)
    kind = rng.choice(5, p=[0.45, 0.2, 0.1, 0.1, 0.15])
    if kind == 0:
        return t
    if kind == 1:
        return t * t * (3 - 2 * t)
    if kind == 2:
        return t ** rng.uniform(1.2, 2)
    if kind == 3:
        return 1 - (1 - t) ** rng.uniform(1.2, 2)
    speed = 0.4 + np.interp(t[1:], np.linspace(0, 1, 5), rng.random(5))
    return np.concatenate([[0], np.cumsum(speed) / speed.sum()])


def oscillation(frames: int, cycles: float) -> np.ndarray:
    """sin(2 pi cycles t), [F]: starts at 0 and goes the positive way first.

    A motion head that is taught the flow by its error can only learn what sentence, photo and level determine: phases, numbers of hops and
    the like are the same in every clip, for random ones it would learn their mean, which is no motion.
    """
    return np.sin(2 * np.pi * cycles * np.linspace(0, 1, frames))


def hops(frames: int, count: float) -> np.ndarray:
    """Height of a jumper, [F] in [0, 1]: parabolas, 0 at frame 0."""
    phase = (np.linspace(0, 1, frames) * count) % 1
    return 4 * phase * (1 - phase)


def irregular(key: int, frames: int, pieces: float) -> np.ndarray:
    """A smooth irregular series of about unit size, [F], 0 at frame 0, the same for every clip; ``pieces``: independent values over it."""
    rng = np.random.default_rng(key)
    count = max(2, int(round(pieces)) + 1)
    values = rng.uniform(-1, 1, count + 1)
    values[0] = 0
    at = np.linspace(0, count - 1, frames)
    low = np.minimum(at.astype(int), count - 1)
    part = at - low
    part = part * part * (3 - 2 * part)
    return values[low] * (1 - part) + values[low + 1] * part
