"""Camera families: one motion of the whole picture."""

from __future__ import annotations

import numpy as np

from ..measures import Measures
from .series import SEEN, Rule, early, late, only, span, turns


def pan(axis: int, sign: int) -> Rule:
    """Median shift along one axis. Fooled by an object that fills most of the picture and moves alone."""
    def rule(m: Measures) -> float:
        path = late(m.median)
        way = sign * path[axis]
        return only(way / SEEN, way > 1.2 * abs(path[1 - axis]), way > 0.4 * abs(late(m.divergence)), way > 0.3 * abs(late(m.curl)), late(m.common) > 0.66)
    return rule


def zoom(sign: int) -> Rule:
    """Divergence of the affine fit. Fooled by a large object that grows."""
    def rule(m: Measures) -> float:
        growth = sign * late(m.divergence)
        return only(growth / 0.015, growth > 0.8 * abs(late(m.curl)), growth > 0.3 * np.abs(late(m.median)).max())
    return rule


def roll(sign: int) -> Rule:
    """Curl of the affine fit. Fooled by turns so fast that the first frames are already lost."""
    def rule(m: Measures) -> float:
        turn, at = early(m.curl, 0.02), int(np.abs(m.curl).argmax())
        # A true turn moves both ways of the picture; a shear, such as an orbit's, only one.
        whole = abs(2 * m.curl[at] + m.shear[at]) > 0.5 * abs(m.shear[at])
        return only(sign * turn / 0.015, whole, abs(m.curl[at]) > 0.6 * abs(m.divergence[at]))
    return rule


def shake(m: Measures) -> float:
    """The picture's shift reverses at least four times. All of a picture that trembles is seen at a third of the size of a motion that is there
    once: one pixel of 300, four of a screen's 1200, at every edge of the photo and many times.

    Fooled by everything that trembles over most of the picture.
    """
    size = max(span(m.path[:, 0]), span(m.path[:, 1]))
    return only(size / (SEEN * 0.35), turns(m.path[:, 0], size * 0.12) + turns(m.path[:, 1], size * 0.12) >= 4)


def orbit(sign: int) -> Rule:
    """The lower picture moves against the upper. Fooled by a floor or water that moves alone; blind where depth does not follow the rows."""
    return lambda m: only(sign * late(m.shear) / 0.012, abs(late(m.shear)) > 1.2 * abs(2 * late(m.curl) + late(m.shear)))


RULES: dict[str, Rule] = {
    "pan_left": pan(0, 1), "pan_right": pan(0, -1), "pan_up": pan(1, 1), "pan_down": pan(1, -1), "zoom_in": zoom(1), "zoom_out": zoom(-1),
    "roll_clockwise": roll(-1), "roll_counterclockwise": roll(1), "shake": shake, "orbit_left": orbit(1), "orbit_right": orbit(-1),
}
