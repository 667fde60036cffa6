"""Light families, and the clip that stays still."""

from __future__ import annotations

import numpy as np

from ..measures import Measures
from .series import Rule, late, only, span, turns


def light(sign: int) -> Rule:
    """Mean brightness at the end, the motion taken out. Fooled by much bright or dark new content."""
    return lambda m: only(sign * late(m.brightness) / 0.06, abs(late(m.brightness)) > 0.6 * abs(late(m.warmth)))


def temperature(sign: int) -> Rule:
    """Red against blue at the end. Fooled by coloured new content over much of the picture."""
    return lambda m: only(sign * late(m.warmth) / 0.06, abs(late(m.warmth)) > 0.5 * abs(late(m.brightness)))


def flicker(m: Measures) -> float:
    """Brightness goes up and down at least three times. Fooled by lightning with many flashes."""
    size = span(m.brightness)
    return only(size / 0.06, turns(m.brightness, size * 0.2) >= 3)


def shadow(sign: int) -> Rule:
    """A local darkening travels across. Fooled by a large dark thing that moves; blind in pictures that are dark where it passes."""
    def rule(m: Measures) -> float:
        known = m.light_strength > 0.5 * m.light_strength.max()
        if known.sum() < 3:
            return 0.0
        slope = np.polyfit(np.nonzero(known)[0], m.light_path[known], 1)[0] * len(m.light_path)
        return only(sign * slope / 0.08, float(m.light_strength.max()) > 0.02, m.light_sign < 0, m.amount < 0.03)
    return rule


def still(m: Measures) -> float:
    """Worst frame against the first: 32 dB passes. The product's own promise, 40 dB at level 1, is a row of the table."""
    return 1 + (m.psnr - 32) / 10


RULES: dict[str, Rule] = {
    "darken": light(-1), "brighten": light(1), "warm": temperature(1), "cool": temperature(-1), "flicker": flicker,
    "shadow_left": shadow(-1), "shadow_right": shadow(1), "still": still,
}
