"""The motion families: each function writes its motion into a program. ``a`` in [0, 1] is the strength, from barely moving to wild.

Sign convention: family names say what the CAMERA or the SUBJECT does. pan_left: the camera looks left, so the content moves right.
roll_clockwise: the camera rolls clockwise, the content turns counterclockwise. spin_clockwise: the object turns clockwise.
Lengths: half the side of the square of equal area (camera, region), half the object's height (object).

Everything is determined by the family and ``a``: a network that is taught by its error can only learn what sentence, photo and level determine;
for random phases it would learn their mean, which is no motion.
"""

from __future__ import annotations

from collections.abc import Callable

from .program import Motion

Family = Callable[[Motion, float], None]


def between(a: float, low: float, high: float) -> float:
    """Geometric interpolation: equal steps of ``a`` multiply the amplitude equally."""
    return low * (high / low) ** a


# Camera -------------------------------------------------------------------------------------------------------------

def pan(name: str, sign: int) -> Family:
    return lambda motion, a: motion.travel("camera", name, sign * between(a, 0.012, 1.2))


def zoom(sign: int) -> Family:
    return lambda motion, a: motion.travel("camera", "zoom", sign * between(a, 0.01, 0.9))


def roll(sign: int) -> Family:
    return lambda motion, a: motion.travel("camera", "angle", sign * between(a, 0.01, 1.2))


def shake(motion: Motion, a: float) -> None:
    size = between(a, 0.003, 0.14)
    motion.add("camera", "tx", IRREGULAR_1=size)
    motion.add("camera", "ty", IRREGULAR_2=size)
    motion.add("camera", "angle", IRREGULAR_3=0.3 * size)


def orbit(sign: int) -> Family:
    def motion_of(motion: Motion, a: float) -> None:
        motion.travel("camera", "parallax_x", sign * between(a, 0.02, 1.1))
    return motion_of


def still(motion: Motion, a: float) -> None:
    """Nothing."""


# Subject ------------------------------------------------------------------------------------------------------------

def jump(motion: Motion, a: float) -> None:
    motion.add("object", "ty", HOPS_2=-between(a, 0.05, 1.5))


def bounce(motion: Motion, a: float) -> None:
    size = between(a, 0.04, 0.9)
    motion.add("object", "ty", HOPS_4=-size)


def move(name: str, sign: int) -> Family:
    return lambda motion, a: motion.travel("object", name, sign * between(a, 0.06, 2.4))


def sway(motion: Motion, a: float) -> None:
    motion.pivot = 1
    motion.add("object", "angle", SINE_2=between(a, 0.015, 0.55))


def wave(motion: Motion, a: float) -> None:
    motion.add("object", "bend_x", SINE_4=between(a, 0.03, 0.55))


def dance(motion: Motion, a: float) -> None:
    motion.pivot = 1
    size = between(a, 0.05, 1.3)
    motion.add("object", "angle", SINE_2=0.3 * size)
    motion.add("object", "tx", SINE_1=0.25 * size)
    motion.add("object", "ty", HOPS_4=-0.45 * size)


def nod(motion: Motion, a: float) -> None:
    motion.add("object", "bend_y", BUMP_2=between(a, 0.03, 0.4))


def shake_head(motion: Motion, a: float) -> None:
    motion.add("object", "bend_x", SINE_3=between(a, 0.025, 0.4))


def wiggle(motion: Motion, a: float) -> None:
    size = between(a, 0.012, 0.25)
    motion.add("object", "tx", IRREGULAR_1=size)
    motion.add("object", "angle", IRREGULAR_2=0.6 * size)


def spin(sign: int) -> Family:
    return lambda motion, a: motion.travel("object", "angle", sign * between(a, 0.08, 6.5))


def turn(motion: Motion, a: float) -> None:
    motion.add("object", "width", BUMP_1=between(a, 0.06, 1.0))


def swell(sign: int) -> Family:
    def motion_of(motion: Motion, a: float) -> None:
        motion.pivot = 1
        motion.travel("object", "zoom", sign * between(a, 0.03, 1.0))
    return motion_of


def breathe(motion: Motion, a: float) -> None:
    motion.pivot = 1
    motion.add("object", "zoom", BUMP_2=between(a, 0.015, 0.3))


def act(motion: Motion, a: float) -> None:
    motion.pivot = 1
    size = between(a, 0.05, 0.9)
    motion.add("object", "angle", SINE_1=0.2 * size)
    motion.add("object", "bend_y", BUMP_2=0.25 * size)
    motion.add("object", "bend_x", SINE_2=0.15 * size)


# Nature -------------------------------------------------------------------------------------------------------------

def wind(motion: Motion, a: float) -> None:
    size = between(a, 0.008, 0.26)
    for index, part in enumerate((0.45, 0.35, 0.2, 0.15)):
        motion.waves[index] = part * size, 0.12 * part * size


def water(motion: Motion, a: float) -> None:
    size = between(a, 0.003, 0.1)
    for index, part in ((4, 0.5), (5, 0.35), (6, 0.25)):
        motion.waves[index] = 0.5 * part * size, part * size


def waves(motion: Motion, a: float) -> None:
    size = between(a, 0.01, 0.28)
    for index, part in ((4, 0.6), (7, 0.5), (5, 0.2)):
        motion.waves[index] = 0.5 * part * size, part * size


def clouds(sign: int) -> Family:
    def motion_of(motion: Motion, a: float) -> None:
        motion.travel("region", "drift_x", sign * between(a, 0.015, 1.2))
        motion.waves[7] = 0.02 * a + 0.004, 0.01 * a
    return motion_of


def drift_up(motion: Motion, a: float) -> None:
    size = between(a, 0.015, 0.6)
    motion.travel("region", "drift_y", -size)
    motion.waves[7] = 0.12 * size, 0.05 * size
    motion.waves[0] = 0.1 * size, 0


# Light --------------------------------------------------------------------------------------------------------------

def tint(motion: Motion, amount: float, colour: tuple[float, float, float]) -> None:
    for name, part in zip(("red", "green", "blue"), colour):
        motion.travel("light", name, amount * part)


def brightness(sign: int) -> Family:
    return lambda motion, a: tint(motion, sign * between(a, 0.08, 2.2 if sign < 0 else 1.1), (1, 1, 1))


def temperature(sign: int) -> Family:
    colour = (0.9, 0.05, -1.0) if sign > 0 else (-1.0, -0.15, 0.6)
    return lambda motion, a: tint(motion, between(a, 0.06, 0.9), colour)


def flickering(motion: Motion, size: float, colour: tuple[float, float, float] = (1, 1, 1)) -> None:
    for name, part in zip(("red", "green", "blue"), colour):
        motion.add("light", name, IRREGULAR_1=size * part, IRREGULAR_3=0.5 * size * part)


def flicker(motion: Motion, a: float) -> None:
    flickering(motion, between(a, 0.05, 0.9))


def shadow(sign: int) -> Family:
    def motion_of(motion: Motion, a: float) -> None:
        motion.sweep = sign * between(a, 0.15, 1.6)
    return motion_of


# New content --------------------------------------------------------------------------------------------------------

def effect(name: str) -> Family:
    def motion_of(motion: Motion, a: float) -> None:
        motion.effects[name], motion.effect_strength = 1.0, between(a, 0.25, 3.0)
        if name == "lightning":
            size = between(a, 0.15, 1.4)
            for colour, part in (("red", 0.9), ("green", 0.95), ("blue", 1.15)):
                motion.add("light", colour, FLASH=size * part)
        elif name == "fire":
            flickering(motion, between(a, 0.03, 0.25), (1.2, 0.9, 0.5))
    return motion_of


CAMERA = {
    "pan_left": pan("tx", 1), "pan_right": pan("tx", -1), "pan_up": pan("ty", 1), "pan_down": pan("ty", -1), "zoom_in": zoom(1), "zoom_out": zoom(-1),
    "roll_clockwise": roll(-1), "roll_counterclockwise": roll(1), "shake": shake, "orbit_left": orbit(1), "orbit_right": orbit(-1),
}
SUBJECT = {
    "jump": jump, "bounce": bounce, "move_left": move("tx", -1), "move_right": move("tx", 1), "move_up": move("ty", -1), "move_down": move("ty", 1),
    "sway": sway, "wave": wave, "dance": dance, "nod": nod, "shake_head": shake_head, "wiggle": wiggle, "spin_clockwise": spin(1),
    "spin_counterclockwise": spin(-1), "turn": turn, "grow": swell(1), "shrink": swell(-1), "breathe": breathe, "act": act,
}
NATURE = {"wind": wind, "water": water, "waves": waves, "clouds_left": clouds(-1), "clouds_right": clouds(1), "drift_up": drift_up}
LIGHT = {
    "darken": brightness(-1), "brighten": brightness(1), "warm": temperature(1), "cool": temperature(-1), "flicker": flicker,
    "shadow_left": shadow(-1), "shadow_right": shadow(1),
}
CONTENT = {name: effect(name) for name in ("snow", "rain", "leaves", "sparks", "fireworks", "lightning", "fire", "smoke", "drip", "pour", "stars")}
FAMILIES: dict[str, Family] = {**CAMERA, **SUBJECT, **NATURE, **LIGHT, **CONTENT, "still": still}

#: How often each family is drawn, before normalisation.
WEIGHTS = {name: 1.2 for name in CAMERA} | {name: 2.0 for name in SUBJECT} | {name: 3.0 for name in NATURE} \
    | {name: 0.8 for name in LIGHT} | {name: 1.2 for name in CONTENT} | {"still": 3.0}
