"""Things that stand or fall in a clip, free of any picture size.

Coordinates: unit = the short side of the picture, origin = its centre, x to the right, y DOWN.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass
class Stamp:
    """A cut-out object: where it stands in the photo."""

    index: int
    centre: tuple[float, float]
    height: float
    flipped: bool = False
    gains: tuple[float, float, float] = (1.0, 1.0, 1.0)  # light that falls on it, by channel
    softness: float = 1.0  # part of its resolution that it keeps


@dataclass
class Particles:
    """Falling or rising new content, or a lightning bolt."""

    kind: str  # snow, rain, leaves, sparks, bolt
    density: float
    size: float
    speed: tuple[float, float]  # units per clip
    opacity: np.ndarray  # [F], 0 at frame 0
    seed: int
