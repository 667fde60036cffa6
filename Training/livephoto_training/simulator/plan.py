"""What happens in one clip, free of any picture size.

Coordinates: unit = the short side of the picture, origin = its centre, x to the right, y DOWN. Everything below says how the CONTENT moves;
when the camera moves left the content moves right. Positive angles turn the content clockwise as seen on the screen.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np


def translation(dx: np.ndarray, dy: np.ndarray) -> np.ndarray:
    """[F, 3, 3] forward matrices."""
    dx, dy = np.broadcast_arrays(np.asarray(dx, float), np.asarray(dy, float))
    matrix = np.tile(np.eye(3), (len(dx), 1, 1))
    matrix[:, 0, 2], matrix[:, 1, 2] = dx, dy
    return matrix


def turning(angle: np.ndarray, scale: np.ndarray | float = 1.0, centre: tuple[float, float] = (0.0, 0.0)) -> np.ndarray:
    """[F, 3, 3] rotation by ``angle`` (radians, clockwise on the screen) and scaling about ``centre``."""
    angle, scale = np.broadcast_arrays(np.asarray(angle, float), np.asarray(scale, float))
    matrix = np.tile(np.eye(3), (len(angle), 1, 1))
    cosine, sine = scale * np.cos(angle), scale * np.sin(angle)
    matrix[:, 0, 0], matrix[:, 0, 1], matrix[:, 1, 0], matrix[:, 1, 1] = cosine, -sine, sine, cosine
    cx, cy = centre
    matrix[:, 0, 2] = cx - cosine * cx + sine * cy
    matrix[:, 1, 2] = cy - sine * cx - cosine * cy
    return matrix


@dataclass
class Wave:
    """A travelling wave of displacement: direction * amplitude_n * [sin(k p + phase - angle_n) - sin(k p + phase)]."""

    direction: tuple[float, float]
    wavevector: tuple[float, float]  # radians per unit
    phase: float
    angle: np.ndarray  # [F], 0 at frame 0
    amplitude: float


@dataclass
class Envelope:
    """Where drift and waves act: base + upper * (high in the picture) + lower * (low in it)."""

    base: float = 1.0
    upper: float = 0.0
    lower: float = 0.0
    horizon: float = 0.0
    sharpness: float = 8.0


@dataclass
class Stamp:
    """A cut-out object: where it stands in the photo and, if it is the subject, how it moves."""

    index: int
    centre: tuple[float, float]
    height: float
    flipped: bool = False
    gains: tuple[float, float, float] = (1.0, 1.0, 1.0)  # light that falls on it, by channel
    softness: float = 1.0  # part of its resolution that it keeps
    moves: np.ndarray | None = None  # [F, 3, 3] forward, in scene coordinates
    bend: np.ndarray | None = None  # [F, 2] displacement of its top, falling off to nothing at its foot


@dataclass
class Region:
    """A soft elliptical part of the photo that moves by itself: forward matrices about its centre."""

    centre: tuple[float, float]
    radii: tuple[float, float]
    moves: np.ndarray  # [F, 3, 3]


@dataclass
class Spot:
    """A soft spot of light (gain > 0) or shadow (gain < 0) on a path."""

    path: np.ndarray  # [F, 2]
    radii: tuple[float, float]
    gain: np.ndarray  # [F] log gain


@dataclass
class Particles:
    """Falling or rising new content, or a lightning bolt."""

    kind: str  # snow, rain, leaves, sparks, bolt
    density: float
    size: float
    speed: tuple[float, float]  # units per clip
    opacity: np.ndarray  # [F], 0 at frame 0
    seed: int


@dataclass
class ScenePlan:
    """One clip. Series have one entry a frame and start at "unchanged"."""

    frames: int
    family: str = "still"
    caption: str = ""
    strength: float = 0.0
    still: bool = False
    seed: int = 0
    camera: np.ndarray = field(default=None)  # [F, 3, 3] forward motion of the content
    parallax: np.ndarray = field(default=None)  # [F, 2] content shift of the nearest things against the farthest
    drift: np.ndarray = field(default=None)  # [F, 2] content shift within the envelope
    envelope: Envelope = field(default_factory=Envelope)
    waves: list[Wave] = field(default_factory=list)
    region: Region | None = None
    gain: np.ndarray = field(default=None)  # [F] log gain of everything
    tint: np.ndarray = field(default=None)  # [F, 3] log gain by channel
    spots: list[Spot] = field(default_factory=list)
    subject: Stamp | None = None  # moves
    prop: Stamp | None = None  # stands in the scene
    particles: Particles | None = None

    def __post_init__(self):
        n = self.frames
        self.camera = np.tile(np.eye(3), (n, 1, 1)) if self.camera is None else self.camera
        self.parallax = np.zeros((n, 2)) if self.parallax is None else self.parallax
        self.drift = np.zeros((n, 2)) if self.drift is None else self.drift
        self.gain = np.zeros(n) if self.gain is None else self.gain
        self.tint = np.zeros((n, 3)) if self.tint is None else self.tint
