"""The motion families: each function writes its motion into a plan. ``a`` in [0, 1] is the strength, from barely moving to wild.

Sign convention: family names say what the CAMERA or the SUBJECT does. pan_left: the camera looks left, so the content moves right and the
backward flow is negative in x. pan_up: content moves down, flow negative in y. move_left: the object moves left, flow positive in x inside it.
roll_clockwise: the camera rolls clockwise, the content turns counterclockwise. spin_clockwise: the object turns clockwise.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .easing import ease, hops, irregular, oscillation
from .plan import Envelope, Particles, Region, ScenePlan, Spot, Wave, translation, turning

Draw = np.random.Generator
FRAMES_REFERENCE = 16


def between(a: float, low: float, high: float) -> float:
    """Geometric interpolation: equal steps of ``a`` multiply the amplitude equally."""
    return low * (high / low) ** a


# Camera -------------------------------------------------------------------------------------------------------------

def pan(dx: int, dy: int) -> Callable:
    def motion(plan: ScenePlan, rng: Draw, a: float) -> None:
        path = between(a, 0.006, 0.75) * ease(rng, plan.frames)
        lean = rng.normal(0, 0.03)
        plan.camera = translation(dx * path + abs(dy) * lean * path, dy * path + abs(dx) * lean * path) @ plan.camera
    return motion


def zoom(sign: int) -> Callable:
    def motion(plan: ScenePlan, rng: Draw, a: float) -> None:
        scale = np.exp(sign * between(a, 0.008, 0.9) * ease(rng, plan.frames))
        centre = tuple(rng.normal(0, 0.06, 2))
        plan.camera = turning(np.zeros(plan.frames), scale, centre) @ plan.camera
    return motion


def roll(sign: int) -> Callable:
    def motion(plan: ScenePlan, rng: Draw, a: float) -> None:
        angle = sign * between(a, 0.008, 1.2) * ease(rng, plan.frames)
        plan.camera = turning(angle, 1.0, tuple(rng.normal(0, 0.04, 2))) @ plan.camera
    return motion


def shake(plan: ScenePlan, rng: Draw, a: float) -> None:
    size = between(a, 0.0015, 0.07)
    dx, dy, angle = (irregular(key, plan.frames, FRAMES_REFERENCE * 0.65) for key in (1, 2, 3))
    plan.camera = turning(angle * size * 0.6) @ translation(dx * size, dy * size) @ plan.camera


def orbit(sign: int) -> Callable:
    def motion(plan: ScenePlan, rng: Draw, a: float) -> None:
        plan.parallax[:, 0] += sign * between(a, 0.008, 0.55) * ease(rng, plan.frames)
    return motion


def still(plan: ScenePlan, rng: Draw, a: float) -> None:
    plan.still = True


# Subject ------------------------------------------------------------------------------------------------------------

def place(plan: ScenePlan, moves: np.ndarray, bend: np.ndarray | None = None) -> None:
    """Give a motion (about the subject's own centre) to the plan's cut-out, or to its region of the photo."""
    if plan.subject is not None:
        cx, cy = plan.subject.centre
        there, back = translation([cx], [cy])[0], translation([-cx], [-cy])[0]
        plan.subject.moves, plan.subject.bend = there @ moves @ back, bend
        return
    region = plan.region
    if bend is not None:
        moves = translation(bend[:, 0], bend[:, 1]) @ moves
    # The picture stretches like rubber around the region: keep the move well inside it, or it would fold.
    limit = 0.3 * min(region.radii)
    reach = max(np.abs(moves[:, :2, 2]).max(), np.abs(moves[:, :2, :2] - np.eye(2)).max() * max(region.radii) * 0.6, 1e-9)
    if reach > limit:
        shrink = limit / reach
        moves = np.eye(3) + (moves - np.eye(3)) * shrink
    region.moves = moves


def foot(plan: ScenePlan) -> tuple[float, float]:
    """The middle of the subject's lower edge, about its centre."""
    return (0.0, plan.subject.height / 2 if plan.subject else plan.region.radii[1])


def height(plan: ScenePlan) -> float:
    return plan.subject.height if plan.subject else plan.region.radii[1] * 2


def jump(plan: ScenePlan, rng: Draw, a: float) -> None:
    rise = between(a, 0.015, 0.55) * hops(plan.frames, 2)
    side = rng.normal(0, 0.01) * np.linspace(0, 1, plan.frames)
    place(plan, translation(side, -rise))


def move(dx: int, dy: int) -> Callable:
    def motion(plan: ScenePlan, rng: Draw, a: float) -> None:
        path = between(a, 0.015, 0.9) * ease(rng, plan.frames)
        bob = 0.0
        if dx and rng.random() < 0.4:
            bob = -between(a, 0.003, 0.05) * np.abs(np.sin(np.pi * np.linspace(0, 1, plan.frames) * rng.integers(2, 5)))
        place(plan, translation(dx * path, dy * path + bob))
    return motion


def sway(plan: ScenePlan, rng: Draw, a: float) -> None:
    swing = oscillation(plan.frames, 2)
    if rng.random() < 0.5:
        place(plan, turning(between(a, 0.015, 0.7) * swing, 1.0, foot(plan)))
    else:
        bend = np.stack([between(a, 0.01, 0.5) * height(plan) * swing, 0 * swing], -1)
        place(plan, np.tile(np.eye(3), (plan.frames, 1, 1)), bend)


def dance(plan: ScenePlan, rng: Draw, a: float) -> None:
    cycles = 2
    swing = oscillation(plan.frames, cycles) * between(a, 0.015, 0.6)
    rise = hops(plan.frames, 2 * cycles) * between(a, 0.005, 0.12)
    step = oscillation(plan.frames, cycles / 2) * between(a, 0.004, 0.15)
    place(plan, translation(step, -rise) @ turning(swing, 1.0, foot(plan)))


def nod(plan: ScenePlan, rng: Draw, a: float) -> None:
    down = (1 - np.cos(2 * np.pi * 2 * np.linspace(0, 1, plan.frames))) / 2
    bend = np.stack([0 * down, between(a, 0.015, 0.35) * height(plan) * down], -1)
    place(plan, np.tile(np.eye(3), (plan.frames, 1, 1)), bend)


def wiggle(plan: ScenePlan, rng: Draw, a: float) -> None:
    swing = oscillation(plan.frames, 4)
    place(plan, translation(between(a, 0.003, 0.06) * swing, 0 * swing) @ turning(between(a, 0.01, 0.25) * swing))


def spin(sign: int) -> Callable:
    def motion(plan: ScenePlan, rng: Draw, a: float) -> None:
        place(plan, turning(sign * between(a, 0.05, 7.0) * ease(rng, plan.frames)))
    return motion


def swell(sign: int) -> Callable:
    def motion(plan: ScenePlan, rng: Draw, a: float) -> None:
        scale = np.exp(sign * between(a, 0.02, 1.1) * ease(rng, plan.frames))
        place(plan, turning(np.zeros(plan.frames), scale, foot(plan) if rng.random() < 0.5 else (0, 0)))
    return motion


def breathe(plan: ScenePlan, rng: Draw, a: float) -> None:
    swing = (1 - np.cos(2 * np.pi * 2 * np.linspace(0, 1, plan.frames))) / 2
    scale = 1 + between(a, 0.01, 0.35) * swing
    place(plan, turning(np.zeros(plan.frames), scale, foot(plan) if rng.random() < 0.5 else (0, 0)))


# Nature -------------------------------------------------------------------------------------------------------------

def ripple(plan: ScenePlan, rng: Draw, amplitude: float, direction: tuple, along: tuple, cycles: tuple, turns: tuple) -> None:
    """Three travelling waves. ``cycles``: range of waves per unit; ``turns``: range of periods in the clip."""
    t = np.linspace(0, 1, plan.frames)
    for weight in (0.6, 0.3, 0.2):
        size = rng.uniform(*cycles) * 2 * np.pi
        k = np.array(along) + rng.normal(0, 0.35, 2)
        k = k / np.linalg.norm(k) * size
        d = np.array(direction) + rng.normal(0, 0.12, 2)
        # Steeper than this and the picture would fold over.
        strength = min(amplitude * weight, 0.45 / size)
        angle = 2 * np.pi * rng.uniform(*turns) * t
        plan.waves.append(Wave(tuple(d), tuple(k), rng.uniform(0, 2 * np.pi), angle, strength))


def sway_together(plan: ScenePlan, amplitude: float, direction: tuple, along: tuple, waves: tuple) -> None:
    """Travelling waves that are the same in every clip. ``waves``: (weight, waves per unit, periods in the clip)."""
    t = np.linspace(0, 1, plan.frames)
    k = np.array(along) / np.linalg.norm(along)
    for weight, cycles, turns in waves:
        size = 2 * np.pi * cycles
        plan.waves.append(Wave(direction, tuple(k * size), 0.0, 2 * np.pi * turns * t, min(amplitude * weight, 0.45 / size)))


def wind(plan: ScenePlan, rng: Draw, a: float) -> None:
    plan.envelope = Envelope(rng.uniform(0.05, 0.3), upper=1.0, horizon=rng.uniform(-0.1, 0.35), sharpness=rng.uniform(4, 9))
    sway_together(plan, between(a, 0.002, 0.11), (1, 0.1), (1, 0.3), ((0.6, 0.25, 2), (0.3, 0.6, 3), (0.2, 1.2, 1)))


def water(plan: ScenePlan, rng: Draw, a: float) -> None:
    if rng.random() < 0.6:
        plan.envelope = Envelope(0.0, lower=1.0, horizon=rng.uniform(-0.25, 0.15), sharpness=rng.uniform(10, 25))
    sway_together(plan, between(a, 0.0015, 0.06), (0.35, 1), (0.3, 1), ((0.6, 1.5, 1.5), (0.3, 2.5, 2), (0.2, 4.0, 2.5)))


def clouds(sign: int) -> Callable:
    def motion(plan: ScenePlan, rng: Draw, a: float) -> None:
        plan.envelope = Envelope(0.0, upper=1.0, horizon=rng.uniform(-0.15, 0.15), sharpness=rng.uniform(10, 20))
        plan.drift[:, 0] += sign * between(a, 0.006, 0.6) * ease(rng, plan.frames)
        ripple(plan, rng, between(a, 0.001, 0.015), (1, 0.5), (1, 0.5), (0.8, 2.0), (0.3, 1))
    return motion


def smoke(plan: ScenePlan, rng: Draw, a: float) -> None:
    if rng.random() < 0.6:
        plan.envelope = Envelope(0.1, upper=0.9, horizon=rng.uniform(-0.1, 0.3), sharpness=rng.uniform(4, 9))
    plan.drift[:, 1] -= between(a, 0.004, 0.3) * ease(rng, plan.frames)
    ripple(plan, rng, between(a, 0.002, 0.07), (1, 0.6), (0.2, -1), (0.8, 3.0), (0.8, 2.5))


# Light --------------------------------------------------------------------------------------------------------------

def brightness(sign: int) -> Callable:
    def motion(plan: ScenePlan, rng: Draw, a: float) -> None:
        plan.gain += sign * between(a, 0.04, 2.4 if sign < 0 else 1.2) * ease(rng, plan.frames)
    return motion


def temperature(sign: int) -> Callable:
    def motion(plan: ScenePlan, rng: Draw, a: float) -> None:
        colour = np.array([1.0, rng.uniform(-0.1, 0.25), -1.0]) if sign > 0 else np.array([-1.0, rng.uniform(-0.3, 0.1), 0.7])
        change = between(a, 0.04, 0.9) * ease(rng, plan.frames)
        plan.tint += change[:, None] * colour
        plan.gain += change * rng.uniform(-0.5, 0.2)
    return motion


def flicker(plan: ScenePlan, rng: Draw, a: float) -> None:
    size = between(a, 0.04, 1.1)
    plan.gain += size * np.clip(1.3 * irregular(4, plan.frames, FRAMES_REFERENCE * 0.8), -1.5, 1)


def lightning(plan: ScenePlan, rng: Draw, a: float) -> None:
    t = np.arange(plan.frames) * FRAMES_REFERENCE / plan.frames
    flash = np.zeros(plan.frames)
    for start, strength in ((3, 1.0), (5, 0.6), (10, 0.9)):
        flash = np.maximum(flash, np.where(t >= start, np.exp(-(t - start) / 1.2), 0) * strength)
    size = between(a, 0.15, 1.5)
    plan.gain += size * flash - size * 0.4 * np.clip(t / rng.uniform(2, 8), 0, 1) * rng.integers(0, 2)
    plan.tint += (flash * size * 0.15)[:, None] * np.array([-0.5, 0.0, 1.0])
    if rng.random() < 0.6:
        plan.particles = Particles("bolt", 1.0, rng.uniform(0.004, 0.009), (0, 0), np.clip(flash * 1.2 * min(1, 0.3 + size), 0, 1),
                                   int(rng.integers(2 ** 31)))


def candle(plan: ScenePlan, rng: Draw, a: float) -> None:
    size, series = between(a, 0.05, 1.0), irregular(5, plan.frames, FRAMES_REFERENCE * 0.7)
    centre = np.array([rng.normal(0, 0.12), rng.normal(0.05, 0.12)])
    path = centre + 0.02 * np.stack([irregular(6, plan.frames, 8), irregular(7, plan.frames, 8)], -1)
    radius = rng.uniform(0.25, 0.6)
    plan.spots.append(Spot(path, (radius, radius), 0.8 * size * series))
    plan.gain += 0.25 * size * series
    plan.tint += (size * series)[:, None] * np.array([0.15, 0.0, -0.2])


def shadow(sign: int) -> Callable:
    def motion(plan: ScenePlan, rng: Draw, a: float) -> None:
        radius = rng.uniform(0.15, 0.45)
        start, length = -sign * (0.5 + 2.3 * radius), sign * between(a, 0.5, 1.4 + 3 * radius)
        x = start + length * ease(rng, plan.frames)
        tall = radius * rng.uniform(0.8, 4)
        path = np.stack([x, np.full(plan.frames, rng.normal(0, 0.15))], -1)
        gain = between(a, 0.15, 1.3) * rng.choice([-1, -1, 0.7])
        plan.spots.append(Spot(path, (radius, tall), np.full(plan.frames, gain)))
    return motion


# New content --------------------------------------------------------------------------------------------------------

def fall(kind: str) -> Callable:
    #         density     size            speed (units a clip)   sideways  opacity
    ranges = {"snow": ((6, 160), (0.004, 0.016), (0.2, 3.0), 0.25, (0.5, 1.0)),
              "rain": ((8, 180), (0.003, 0.007), (1.2, 6.0), 0.2, (0.25, 0.6)),
              "leaves": ((2, 22), (0.012, 0.035), (0.25, 2.5), 0.5, (0.85, 1.0)),
              "sparks": ((5, 70), (0.003, 0.008), (0.25, 2.5), 0.4, (0.7, 1.0))}
    density, size, speed, sideways, opacity = ranges[kind]

    def motion(plan: ScenePlan, rng: Draw, a: float) -> None:
        n = np.arange(plan.frames) * FRAMES_REFERENCE / plan.frames
        fade = np.clip(n / rng.uniform(1, 4), 0, 1) * rng.uniform(*opacity)
        down = between(a, *speed) * (-1 if kind == "sparks" else 1)
        b = np.clip(a + rng.normal(0, 0.15), 0, 1)
        plan.particles = Particles(kind, between(b, *density), rng.uniform(*size), (rng.normal(0, sideways) * abs(down), down), fade,
                                   int(rng.integers(2 ** 31)))
        if kind == "rain":
            plan.gain -= rng.uniform(0, 0.35) * np.clip(n / 6, 0, 1)
        if kind == "sparks":
            plan.gain -= rng.uniform(0, 0.5) * np.clip(n / 6, 0, 1)
    return motion


CAMERA = {
    "pan_left": pan(1, 0), "pan_right": pan(-1, 0), "pan_up": pan(0, 1), "pan_down": pan(0, -1), "zoom_in": zoom(1), "zoom_out": zoom(-1),
    "roll_clockwise": roll(-1), "roll_counterclockwise": roll(1), "shake": shake, "orbit_left": orbit(1), "orbit_right": orbit(-1),
}
SUBJECT = {
    "jump": jump, "move_left": move(-1, 0), "move_right": move(1, 0), "move_up": move(0, -1), "move_down": move(0, 1), "sway": sway,
    "dance": dance, "nod": nod, "wiggle": wiggle, "spin_clockwise": spin(1), "spin_counterclockwise": spin(-1), "grow": swell(1),
    "shrink": swell(-1), "breathe": breathe,
}
NATURE = {"wind": wind, "water": water, "clouds_left": clouds(-1), "clouds_right": clouds(1), "smoke": smoke}
LIGHT = {
    "darken": brightness(-1), "brighten": brightness(1), "warm": temperature(1), "cool": temperature(-1), "flicker": flicker,
    "lightning": lightning, "candle": candle, "shadow_left": shadow(-1), "shadow_right": shadow(1),
}
CONTENT = {"snow": fall("snow"), "rain": fall("rain"), "leaves": fall("leaves"), "sparks": fall("sparks")}
FAMILIES: dict[str, Callable] = {**CAMERA, **SUBJECT, **NATURE, **LIGHT, **CONTENT, "still": still}

#: How often each family is drawn, before normalisation.
WEIGHTS = {name: 2.6 for name in CAMERA} | {name: 1.9 for name in SUBJECT} | {name: 2.0 for name in NATURE} \
    | {name: 1.3 for name in LIGHT} | {"snow": 6.0, "rain": 6.0, "leaves": 1.5, "sparks": 1.5, "still": 5.0} \
    | {"jump": 4.0, "sway": 3.0, "wind": 5.0, "water": 3.5, "flicker": 2.5}
