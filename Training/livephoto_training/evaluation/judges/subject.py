"""Subject families: the object of the mask moves, its surroundings do not. All read the object's track (``evaluation/subject.py``)."""

from __future__ import annotations

import numpy as np

from ..measures import Measures
from .series import SEEN, Rule, early, furthest, late, only, span, turns


def local(m: Measures) -> bool:
    """The subject moves more than its surroundings."""
    return float(m.track.amount.max()) > 2 * float(m.outside[m.track.amount.argmax()])


def stays(m: Measures) -> bool:
    """Its middle does not go far."""
    return float(np.abs(m.track.centre).max()) < 0.3 * m.track.height


def move(axis: int, sign: int) -> Rule:
    """Where its middle ends. Fooled by a jump that is still in the air in the last frames."""
    def rule(m: Measures) -> float:
        path = late(m.track.centre)
        series = m.track.centre[:, axis]
        return only(sign * path[axis] / (1.5 * SEEN), abs(path[axis]) > abs(path[1 - axis]), abs(path[axis]) > 0.7 * np.abs(late(m.track.lean))[axis],
                    sign * late(m.track.foot)[axis] > 0.4 * abs(path[axis]), turns(series, 0.35 * span(series)) == 0, local(m))
    return rule


def hops(series: np.ndarray, least: float) -> int:
    """How often a height goes up by ``least`` and back down by most of that."""
    count, low, high = 0, series[0], series[0]
    for value in series[1:]:
        high = max(high, value)
        if high - low > least and value < high - 0.6 * (high - low):
            count, low, high = count + 1, value, value
        elif value < low:
            low = high = value
    return count


def jump(times: int) -> Rule:
    """Its foot leaves the ground and comes back, at least ``times`` times. Fooled by a dance with hops in it."""
    def rule(m: Measures) -> float:
        height = -m.track.foot[:, 1]
        size = span(height)
        return only(height.max() / SEEN, hops(height, 0.5 * size) >= times, height.max() > -1.5 * height.min(),
                    size > 0.8 * span(m.track.foot[:, 0]), np.abs(m.track.turn).max() < 2 * size / m.track.height + 0.1, local(m))
    return rule


def side_to_side(m: Measures, reversals: int, share: float) -> float:
    """The top goes left and right, the foot at most ``share`` as far."""
    across = m.track.lean[:, 0]
    size = span(across)
    return only(size / (0.8 * SEEN), turns(across, size * 0.25) >= reversals, size > 0.8 * span(m.track.lean[:, 1]),
                span(m.track.foot[:, 0]) < share * size, span(m.track.centre[:, 1]) < 0.8 * size, local(m))


def sway(m: Measures) -> float:
    """Tilts about its foot, at least one way and back. Fooled by waving and by shaking the head."""
    return side_to_side(m, 1, 0.6)


def wave(m: Measures) -> float:
    """The upper part swings fast: at least three reversals. Cannot tell a hand from a head or a tail."""
    return side_to_side(m, 3, 0.6)


def shake_head(m: Measures) -> float:
    """The upper part goes left and right at least twice. Fooled by waving and by quick swaying."""
    return side_to_side(m, 2, 0.6)


def dance(m: Measures) -> float:
    """Its top goes about in both ways of the picture, with reversals. Fooled by any lively mixture, such as a hop with a tilt."""
    across, rise = m.track.top[:, 0], m.track.top[:, 1]
    size, less = max(span(across), span(rise)), min(span(across), span(rise))
    return only(size / (1.5 * SEEN), turns(across, size * 0.15) + turns(rise, size * 0.15) >= 3, less > 0.12 * size, local(m))


def nod(m: Measures) -> float:
    """The top goes down against the foot and comes back. Fooled by breathing, which stretches the top up and down too."""
    down = m.track.lean[:, 1]
    size = span(down)
    return only(size / (0.6 * SEEN), down.max() > -down.min(), turns(down, size * 0.3) >= 1, size > 0.9 * span(m.track.lean[:, 0]),
                span(m.track.foot[:, 1]) < 0.7 * size, local(m))


def wiggle(m: Measures) -> float:
    """Many small reversals, at least five. Fooled by fast waving."""
    series = [m.track.centre[:, 0], m.track.top[:, 0], m.track.centre[:, 1]]
    best = max(series, key=span)
    return only(span(best) / (0.5 * SEEN), turns(best, span(best) * 0.2) >= 5, span(best) < 0.3 * m.track.height, local(m))


def spin(sign: int) -> Rule:
    """Its turn's direction. Blind for round things without marks; fooled by one tilt that does not come back."""
    def rule(m: Measures) -> float:
        angle = np.unwrap(m.track.turn)
        return only(sign * early(angle, 0.08) / 0.08, abs(furthest(angle)) > 0.15, turns(angle, 0.3 * span(angle)) == 0, local(m))
    return rule


def turn(m: Measures) -> float:
    """It gets narrower, or wider, than it was, as things do that turn about their vertical axis. Fooled by being squeezed."""
    width = m.track.narrow * m.track.sure
    steady = stays(m) and np.abs(np.unwrap(m.track.turn)[np.abs(width).argmax()]) < 0.35
    return only(-width.min() / 0.06, steady, span(width) > 0.8 * span(m.track.scale), local(m))


def grow(sign: int) -> Rule:
    """Its size at the end. Fooled by one breath that ends at its fullest."""
    return lambda m: only(sign * late(m.track.scale) / 0.03, abs(late(m.track.narrow)) < 1.2 * abs(late(m.track.scale)),
                          abs(late(m.track.turn)) < 0.5, local(m))


def breathe(m: Measures) -> float:
    """Its size swells and comes back. Fooled by a thing that comes nearer and goes away again."""
    size = m.track.scale
    return only(span(size) / 0.012, size.max() > -size.min(), turns(size, span(size) * 0.3) >= 1, span(size) > 0.5 * span(m.track.turn),
                span(size) > 0.4 * span(m.track.narrow), stays(m), local(m))


def act(m: Measures) -> float:
    """It moves in its place, gently, and comes back: what exactly is not asked. Fooled by every other family that stays in its place."""
    away, top = np.linalg.norm(m.track.centre, axis=1), m.track.top
    back = np.linalg.norm(late(m.track.centre)) < 0.8 * away.max() or away.max() < 0.1 * m.track.height
    size = max(span(top[:, 0]), span(top[:, 1]))
    reversals = max(turns(top[:, 0], size * 0.2), turns(top[:, 1], size * 0.2))
    return only(max(size, span(m.track.scale) * m.track.height) / (0.6 * SEEN), reversals >= 1, back, away.max() < 0.5 * m.track.height,
                np.abs(np.unwrap(m.track.turn)).max() < 0.8, local(m))


def tracked(rule: Rule) -> Rule:
    """A rule that scores 0 without an object's track, or with one that was lost early."""
    return lambda m: rule(m) if m.track is not None and m.track.sure.mean() > 0.3 else 0.0


RULES: dict[str, Rule] = {name: tracked(rule) for name, rule in {
    "jump": jump(1), "bounce": jump(2), "move_left": move(0, -1), "move_right": move(0, 1), "move_up": move(1, -1), "move_down": move(1, 1),
    "sway": sway, "wave": wave, "dance": dance, "nod": nod, "shake_head": shake_head, "wiggle": wiggle, "spin_clockwise": spin(1),
    "spin_counterclockwise": spin(-1), "turn": turn, "grow": grow(1), "shrink": grow(-1), "breathe": breathe, "act": act}.items()}
