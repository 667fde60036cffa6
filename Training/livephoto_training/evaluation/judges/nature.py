"""Nature families: stuff of the photo moves in its place. They read the motion in the region where the photo has that stuff."""

from __future__ import annotations

from ..measures import Measures
from .content import wisps
from .series import SEEN, Rule, late, only


def in_place(least: float, unrest: float) -> Rule:
    """Uneven motion in the region, without one common shift, more than elsewhere. Motion too fine for the flow counts by the change of pixels.

    Cannot tell hair from water: fooled by anything that ripples there. Fooled by flicker and noise in the region, for they change pixels too.
    """
    def rule(m: Measures) -> float:
        seen = max(float(m.region_amount.max()) / least, m.region_unrest / unrest)
        at = int(m.region_amount.argmax())
        return only(seen, m.region_drift < 0.8, m.region_amount[at] > 1.2 * m.rest_amount[at] or m.region_unrest > 1.5 * m.rest_unrest,
                    max(abs(m.divergence[at]), abs(m.curl[at])) * 0.3 < 0.4 * m.region_amount[at] + 0.003, abs(late(m.brightness)) < 0.15)
    return rule


def drift(axis: int, sign: int) -> Rule:
    """The region shifts one way, more than the rest. Fooled by a pan that the rest has too little texture to show."""
    def rule(m: Measures) -> float:
        path = late(m.region_path)
        way = sign * path[axis]
        return only(way / (0.6 * SEEN), way > abs(path[1 - axis]), way > 1.3 * float(late(m.rest_amount)))
    return rule


def rising(m: Measures) -> float:
    """Mist or smoke of the photo shifts up; mist too smooth for that to be seen shows it by new wisps that rise."""
    return max(drift(1, -1)(m), wisps(m))


RULES: dict[str, Rule] = {
    "wind": in_place(0.4 * SEEN, 0.006), "water": in_place(0.3 * SEEN, 0.005), "waves": in_place(0.4 * SEEN, 0.006),
    "clouds_left": drift(0, -1), "clouds_right": drift(0, 1), "drift_up": rising,
}
