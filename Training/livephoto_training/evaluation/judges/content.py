"""Content families: something that was not in the photo. All read ``evaluation/content.py``.

``crisp`` has wide bounds: weather that dims and greys the picture, as rain and snow do, is mostly soft change by its measure.
"""

from __future__ import annotations

import numpy as np

from ..measures import Measures
from .series import Rule, late, only, span


def calm(m: Measures) -> bool:
    """The picture itself stands: edges that move are easily taken for new things."""
    return m.amount < 0.05


def snow(m: Measures) -> float:
    """Many small bright roundish grey things that move down. Fooled by falling light petals, and by slow rain with short streaks."""
    c = m.content
    return only(float(c.bright[1:].mean()) / 0.004, c.fall > 0.25, c.upright < 0.3, c.warm < 0.12, c.colour < 0.5, c.persistence < 0.7, c.crisp > 0.2)


def rain(m: Measures) -> float:
    """Streaks taller than wide that do not rise and do not stay; a fifth of a percent of the picture is a drizzle that is seen.

    Fooled by scratches on an old film, and by a vertical blur of a busy picture.
    """
    c = m.content
    return only(float(c.points[1:].mean()) / 0.002, c.upright > 0.3, c.fall > -0.3, c.persistence < 0.5, c.crisp > 0.08)


def leaves(m: Measures) -> float:
    """Coloured or dark things that fall. Fooled by coloured snow; a flake is told from a leaf only by its colour."""
    c = m.content
    coloured = c.colour > 0.25 or float(c.bright[1:].mean()) < 0.4 * float(c.points[1:].mean())
    return only(float(c.points[1:].mean()) / 0.004, coloured, c.fall > 0.3, c.upright < 0.3, c.persistence < 0.6, c.crisp > 0.4,
                abs(late(m.brightness)) < 0.3, calm(m))


def sparks(m: Measures) -> float:
    """Small bright warm things that rise. They may light what is around them. Fooled by rising confetti in warm colours, and by a fire's embers."""
    c = m.content
    return only(float(c.bright[1:].mean()) / 0.0012, c.fall < -0.2, c.warm > 0.05, c.persistence < 0.7, c.crisp > 0.25)


def fireworks(m: Measures) -> float:
    """Bright coloured points that come suddenly and spread. Fooled by coloured sparks that begin late; blind for white fireworks in slow bloom."""
    c = m.content
    share = c.bright[1:]
    grows = float(np.diff(c.spread[1:])[share[1:] > 0.3 * share.max()].max(initial=0))
    return only(float(share.max()) / 0.002, share.max() < 0.06, c.colour > 0.2, grows > 0.005, span(share) > 0.4 * share.max(), abs(c.fall) < 0.8,
                c.upright < 0.35, c.persistence < 0.7, c.crisp > 0.4, calm(m))


def lightning(m: Measures) -> float:
    """The light jumps up within a frame and falls again, or a thin bright line does. Fooled by any single flash."""
    steps = np.diff(m.brightness)
    flash = float(min(steps.max(), -2 * steps.min()))
    bright = m.content.bright
    bolt = float(np.diff(bright).max()) if m.content.burst > 8 and calm(m) else 0.0
    return only(max(flash / 0.08, bolt / 0.004), m.amount < 0.1)


def fire(m: Measures) -> float:
    """A bright warm area that was not there and keeps changing; before a white sky flames are the darker, but then deeply orange.

    Fooled by a warm lamp that flickers, and by orange cloth that flutters into the picture; blind in pictures already warm and bright.
    """
    c = m.content
    return only(float(c.soft[1:].mean()) / 0.005, c.soft_warm > 0.25, c.soft_bright > 0.6 or c.soft_warm > 0.7, c.soft_flicker > 0.12, c.fall < 0.6, c.soft_wide < 0.45, calm(m))


def pale(m: Measures) -> bool:
    """What is new and soft is pale and dull, wider than a stream, and does not flicker; the picture itself stands, and so does its light."""
    c = m.content
    return (c.soft_grey > 0.65 or c.soft_fade > 0.1) and c.crisp < 0.55 and c.soft_wide > 0.045 and c.soft_warm < 0.3 and c.soft_flicker < 0.5 and bool(
        abs(late(m.brightness)) < 0.3) and calm(m)


def smoke(m: Measures) -> float:
    """A soft pale area that grows or rises, and spreads as a stream does not. Fooled by fog that comes up, and by a grey object that grows."""
    c = m.content
    known = c.soft > 0.003
    if known.sum() < 3:
        return 0.0
    top = c.soft_top[known]
    rises = top[0] - top[-max(1, len(top) // 3):].mean() > 0.03 or c.lift > 0.15 or late(c.soft) > 1.4 * c.soft[known][0]
    return only(float(late(c.soft)) / 0.01, rises, pale(m))


def wisps(m: Measures) -> float:
    """Soft pale lumps, new ones, that rise. Fooled by smoke, which mist is told from by words alone."""
    return only(float(late(m.content.soft)) / 0.01, m.content.lift > 0.15, pale(m))


def drip(m: Measures) -> float:
    """A few small things that move down. Fooled by thin snow or rain: only their number tells."""
    c = m.content
    share = float(c.points[1:].mean())
    return only(share / 0.0004, share < 0.015, c.fall > 0.3, c.crisp > 0.4, abs(late(m.brightness)) < 0.3, calm(m))


def pour(m: Measures) -> float:
    """A tall narrow area comes, stays, and changes inside. Fooled by a pillar of smoke or light."""
    c = m.content
    both = np.maximum(c.soft, c.points)
    return only(float(late(both)) / 0.003, c.soft_tall > 1.3 * c.soft_wide, c.soft_wide < 0.15, c.fall > -0.4, late(both) > 0.5 * both.max(),
                c.upright > 0.1 or c.persistence > 0.5, c.soft_flicker < 0.4, calm(m))


def stars(m: Measures) -> float:
    """Small bright points that keep their places and change their brightness; where the night falls for them, that is soft change.

    Fooled by noise that stays in place.
    """
    c = m.content
    return only(float(c.bright[1:].max()) / 0.0008, c.bright.max() < 0.08, c.persistence > 0.4, c.twinkle > 0.2, abs(c.fall) < 0.35,
                c.crisp > (0.25 if late(m.brightness) < -0.2 else 0.55), c.upright < 0.4, c.burst < 8, calm(m))


RULES: dict[str, Rule] = {
    "snow": snow, "rain": rain, "leaves": leaves, "sparks": sparks, "fireworks": fireworks, "lightning": lightning, "fire": fire, "smoke": smoke,
    "drip": drip, "pour": pour, "stars": stars,
}
