"""The motion families by their names alone: what is judged does not depend on what teaches it.

Names say what the camera or the subject does: ``pan_left`` is a camera that looks left, so the content moves right.
"""

from __future__ import annotations

CAMERA = ("pan_left", "pan_right", "pan_up", "pan_down", "zoom_in", "zoom_out", "roll_clockwise", "roll_counterclockwise", "shake", "orbit_left",
          "orbit_right")
SUBJECT = ("jump", "bounce", "move_left", "move_right", "move_up", "move_down", "sway", "wave", "dance", "nod", "shake_head", "wiggle",
           "spin_clockwise", "spin_counterclockwise", "turn", "grow", "shrink", "breathe", "act")
NATURE = ("wind", "water", "waves", "clouds_left", "clouds_right", "drift_up")
LIGHT = ("darken", "brighten", "warm", "cool", "flicker", "shadow_left", "shadow_right")
CONTENT = ("snow", "rain", "leaves", "sparks", "fireworks", "lightning", "fire", "smoke", "drip", "pour", "stars")

GROUPS = {"camera": CAMERA, "subject": SUBJECT, "nature": NATURE, "light": LIGHT, "content": CONTENT, "still": ("still",)}
FAMILIES = tuple(family for names in GROUPS.values() for family in names)

#: Families that may show what another one asks for: a bouncing thing also jumps. Not counted as mistakes of a measure.
KIN = {
    "jump": {"bounce", "dance", "act", "move_up"}, "bounce": {"jump", "dance"}, "move_up": {"jump"}, "move_down": set(),
    "pan_left": {"clouds_right", "orbit_left"}, "pan_right": {"clouds_left", "orbit_right"}, "orbit_left": {"clouds_left"},
    "orbit_right": {"clouds_right"}, "sway": {"wave", "dance", "shake_head", "wiggle", "act"}, "wave": {"shake_head", "sway", "wiggle", "dance"},
    "shake_head": {"wave", "sway", "wiggle", "dance", "act"}, "nod": {"act", "dance", "breathe", "bounce"},
    "wiggle": {"wave", "shake_head", "dance"}, "dance": {"sway", "act", "wave", "shake_head", "jump", "bounce", "wiggle", "nod"},
    "breathe": {"act", "nod"}, "turn": {"act"}, "act": {"nod", "sway", "dance", "breathe", "wave", "shake_head", "wiggle", "jump", "bounce", "turn"},
    "wind": {"water", "waves"}, "water": {"wind", "waves"}, "waves": {"water", "wind"}, "flicker": {"lightning", "fire"},
    "lightning": {"flicker", "fireworks"}, "fire": {"sparks", "fireworks"}, "snow": {"leaves"}, "drip": {"rain", "snow", "leaves", "pour"},
    "sparks": {"fire"}, "stars": {"fireworks"}, "smoke": {"drift_up"}, "pour": {"smoke"}, "brighten": {"lightning"}, "warm": {"fire"},
    "darken": {"fireworks", "stars"},
}


def group_of(family: str) -> str:
    """The group that a family belongs to."""
    return next(group for group, names in GROUPS.items() if family in names)
