"""Does a clip do what its family says? One rule a family over the numbers of ``measures.py``.

Each rule answers with a score: the wanted quantity against the least that a person would notice, so 1 or more passes, 0 or less is the
opposite or nothing. Rules look at direction, kind and place of the motion, never at a reference clip.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .measures import Measures

SEEN = 0.01  # motion a person sees, in short sides over the clip
Rule = Callable[[Measures], float]


def turns(series: np.ndarray, least: float = 0.0) -> int:
    """How often a series changes direction by more than ``least``."""
    changes, anchor, heading = 0, series[0], 0
    for value in series[1:]:
        step = value - anchor
        if abs(step) > least:
            if heading and np.sign(step) != heading:
                changes += 1
            heading, anchor = np.sign(step), value
        elif heading and np.sign(step) == heading:
            anchor = value
    return changes


def span(series: np.ndarray) -> float:
    return float(series.max() - series.min())


def late(series: np.ndarray) -> np.ndarray:
    """Where a motion has got to: the mean of the last quarter."""
    return series[-max(1, len(series) // 4):].mean(0)


def early(series: np.ndarray, least: float) -> float:
    """The first value that exceeds ``least`` either way: its sign is that of the motion, even where a large turn is lost later."""
    over = np.nonzero(np.abs(series) > least)[0]
    return float(series[over[0]]) if len(over) else float(series[np.abs(series).argmax()])


def only(score: float, *conditions: bool) -> float:
    """The score if all conditions hold, otherwise less than passing."""
    return score if all(conditions) else min(score, 0.5)


def pan(axis: int, sign: int) -> Rule:
    def rule(m: Measures) -> float:
        path = late(m.path)
        way = sign * path[axis]
        return only(way / SEEN, way > 1.2 * abs(path[1 - axis]), way > 0.4 * abs(late(m.divergence)), way > 0.3 * abs(late(m.curl)))
    return rule


def zoom(sign: int) -> Rule:
    def rule(m: Measures) -> float:
        growth = sign * late(m.divergence)
        return only(growth / 0.015, growth > 0.8 * abs(late(m.curl)))
    return rule


def roll(sign: int) -> Rule:
    def rule(m: Measures) -> float:
        turn, at = early(m.curl, 0.02), int(np.abs(m.curl).argmax())
        # A true turn moves both ways of the picture; a shear, such as an orbit's, only one.
        whole = abs(2 * m.curl[at] + m.shear[at]) > 0.5 * abs(m.shear[at])
        return only(sign * turn / 0.015, whole, abs(m.curl[at]) > 0.6 * abs(m.divergence[at]))
    return rule


def shake(m: Measures) -> float:
    size = max(span(m.path[:, 0]), span(m.path[:, 1]))
    return only(size / (SEEN * 0.7), turns(m.path[:, 0], size * 0.12) + turns(m.path[:, 1], size * 0.12) >= 4)


def orbit(sign: int) -> Rule:
    return lambda m: only(sign * late(m.shear) / 0.012, abs(late(m.shear)) > 1.2 * abs(2 * late(m.curl) + late(m.shear)))


def local(m: Measures) -> bool:
    """The subject moves more than its surroundings."""
    return float(m.inside_amount.max()) > 1.5 * float(m.outside[m.inside_amount.argmax()])


def subject_move(axis: int, sign: int) -> Rule:
    def rule(m: Measures) -> float:
        path = late(m.inside)
        return only(sign * path[axis] / SEEN, abs(path[axis]) > abs(path[1 - axis]), local(m))
    return rule


def jump(m: Measures) -> float:
    height = -m.inside[:, 1]
    peak = int(height.argmax())
    back = min(height[peak:].min(), height[:peak + 1].min())
    return only(height[peak] / SEEN, height[peak] > -1.5 * height.min(), span(height) > 0.8 * span(m.inside[:, 0]), back < 0.65 * height[peak], local(m))


def sway(m: Measures) -> float:
    across = m.top_path[:, 0]
    return only(span(across) / SEEN, turns(across, span(across) * 0.25) >= 1, span(across) > 0.7 * span(m.top_path[:, 1]), local(m))


def dance(m: Measures) -> float:
    across, rise = m.top_path[:, 0], m.top_path[:, 1]
    size = max(span(across), span(rise))
    return only(size / SEEN, turns(across, size * 0.2) + turns(rise, size * 0.2) >= 2, local(m))


def nod(m: Measures) -> float:
    down = m.top_path[:, 1]
    return only(span(down) / (0.6 * SEEN), down.max() > -down.min(), turns(down, span(down) * 0.3) >= 1, span(down) > 0.9 * span(m.top_path[:, 0]),
                local(m))


def wiggle(m: Measures) -> float:
    series = np.stack([m.top_path[:, 0], m.inside[:, 0]])
    best = series[np.argmax([span(s) for s in series])]
    return only(span(best) / (0.5 * SEEN), turns(best, span(best) * 0.2) >= 4, local(m))


def spin(sign: int) -> Rule:
    return lambda m: only(sign * early(m.inside_turn, 0.04) / 0.03, local(m))


def grow(sign: int) -> Rule:
    return lambda m: only(sign * late(m.inside_scale) / 0.015, local(m))


def breathe(m: Measures) -> float:
    size = m.inside_scale
    return only(size.max() / 0.01, size.max() > -size.min(), turns(size, span(size) * 0.3) >= 1, local(m))


def wind(m: Measures) -> float:
    return only(m.amount / (0.4 * SEEN), m.upper_amount > 0.9 * m.lower_amount, np.abs(m.path[-1]).max() < 0.8 * m.amount)


def water(m: Measures) -> float:
    return only(m.amount / (0.3 * SEEN), m.lower_amount > 0.9 * m.upper_amount or np.abs(m.path[-1]).max() < 0.5 * m.amount)


def clouds(sign: int) -> Rule:
    def rule(m: Measures) -> float:
        way = sign * late(m.upper)[0]
        return only(way / (0.7 * SEEN), m.upper_amount > 1.3 * m.lower_amount, way > abs(late(m.upper)[1]))
    return rule


def smoke(m: Measures) -> float:
    up = max(-late(m.upper)[1], -late(m.path)[1])
    return only(up / (0.4 * SEEN), up > 0.5 * abs(late(m.upper)[0]))


def light(sign: int) -> Rule:
    return lambda m: sign * late(m.brightness) / 0.06


def temperature(sign: int) -> Rule:
    return lambda m: sign * late(m.warmth) / 0.06


def flicker(m: Measures) -> float:
    size = span(m.brightness)
    return only(size / 0.06, turns(m.brightness, size * 0.2) >= 3)


def lightning(m: Measures) -> float:
    return float(np.diff(m.brightness).max()) / 0.08


def candle(m: Measures) -> float:
    size = span(m.brightness)
    return only(size / 0.04, turns(m.brightness, size * 0.15) >= 2)


def shadow(sign: int) -> Rule:
    def rule(m: Measures) -> float:
        known = m.light_strength > 0.5 * m.light_strength.max()
        if known.sum() < 2:
            return 0.0
        slope = np.polyfit(np.nonzero(known)[0], m.light_path[known], 1)[0] * len(m.light_path)
        return only(sign * slope / 0.08, m.light_contrast > 0.015)
    return rule


def falling(least: float, direction: int, bright: bool, sure: float = 0.25) -> Rule:
    """New small things are there, and move down (or up). Rain is so fast that frame pairs tell little: it must only not rise."""
    return lambda m: only(m.new_points / least, m.new_brightness > 0 or not bright, direction * m.fall > sure)


def still(m: Measures) -> float:
    """32 dB passes."""
    return 1 + (m.psnr - 32) / 10


JUDGES: dict[str, Rule] = {
    "pan_left": pan(0, 1), "pan_right": pan(0, -1), "pan_up": pan(1, 1), "pan_down": pan(1, -1), "zoom_in": zoom(1), "zoom_out": zoom(-1),
    "roll_clockwise": roll(-1), "roll_counterclockwise": roll(1), "shake": shake, "orbit_left": orbit(1), "orbit_right": orbit(-1),
    "jump": jump, "move_left": subject_move(0, -1), "move_right": subject_move(0, 1), "move_up": subject_move(1, -1),
    "move_down": subject_move(1, 1), "sway": sway, "dance": dance, "nod": nod, "wiggle": wiggle, "spin_clockwise": spin(1),
    "spin_counterclockwise": spin(-1), "grow": grow(1), "shrink": grow(-1), "breathe": breathe, "wind": wind, "water": water,
    "clouds_left": clouds(-1), "clouds_right": clouds(1), "smoke": smoke, "darken": light(-1), "brighten": light(1), "warm": temperature(1),
    "cool": temperature(-1), "flicker": flicker, "lightning": lightning, "candle": candle, "shadow_left": shadow(-1), "shadow_right": shadow(1),
    "snow": falling(0.006, 1, True), "rain": falling(0.006, 1, True, -0.3), "leaves": falling(0.003, 1, False), "sparks": falling(0.0015, -1, True),
    "still": still,
}


def judge(family: str, measures: Measures) -> tuple[bool, float]:
    """Whether the clip passes, and its score."""
    score = float(JUDGES[family](measures))
    return score >= 1, score
