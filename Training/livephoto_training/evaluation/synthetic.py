"""Clips whose motion is known because it is drawn here, in plain ways of our own: what the judges are tried on before they judge a model.

Nothing of the simulator that teaches the model is used, so a mistake there cannot hide here.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from .groups import CAMERA, CONTENT, LIGHT, NATURE, SUBJECT
from .measures import to_tensor, unit_places
from .pictures import Cutout, Photo, paste
from .synthetic_content import draw

FRAMES = 16


@dataclass
class Known:
    """A clip and what it truly shows."""

    family: str
    frames: np.ndarray  # uint8 [F, H, W, 3]
    mask: np.ndarray | None = None  # the object's place in frame 0
    region: np.ndarray | None = None  # of the stuff that moves in place


def times() -> np.ndarray:
    return np.linspace(0, 1, FRAMES)


def to_frames(clip: Tensor) -> np.ndarray:
    return (clip.clamp(0, 1) * 255 + 0.5).byte().permute(0, 2, 3, 1).numpy()


def sampled(image: Tensor, u: Tensor, v: Tensor, border: str = "reflection") -> Tensor:
    """[C, H, W] read at places in short sides from the middle."""
    height, width = image.shape[-2:]
    unit = min(height, width)
    grid = torch.stack([u * (2 * unit / width), v * (2 * unit / height)], -1)[None]
    return F.grid_sample(image[None], grid, "bicubic", border, align_corners=False)[0]


def camera(family: str, photo: Tensor, a: float, rng: np.random.Generator) -> Tensor:
    """``a``: distance in short sides, and roughly the same in zoom and angle."""
    u, v = unit_places(*photo.shape[-2:])
    jitter = rng.normal(0, 1, (FRAMES, 2)) * (np.arange(FRAMES)[:, None] > 0)
    frames = []
    for n, t in enumerate(times()):
        d, su, sv = a * t, u, v
        if family.startswith("pan"):  # the content goes the other way, so the picture is read where the camera looks
            su = u + d * {"pan_left": -1, "pan_right": 1}.get(family, 0)
            sv = v + d * {"pan_up": -1, "pan_down": 1}.get(family, 0)
        elif family.startswith("zoom"):
            factor = np.exp(-d if family == "zoom_in" else d)
            su, sv = u * factor, v * factor
        elif family.startswith("roll"):
            angle = d if family == "roll_clockwise" else -d  # the content turns against the camera
            su, sv = np.cos(angle) * u - np.sin(angle) * v, np.sin(angle) * u + np.cos(angle) * v
        elif family.startswith("orbit"):
            su = u + d * (1 if family == "orbit_right" else -1) * (v + 0.2)
        elif family == "shake":
            su, sv = u + 0.15 * a * jitter[n, 0], v + 0.15 * a * jitter[n, 1]
        frames.append(sampled(photo, su, sv))
    return torch.stack(frames)


#: family -> object's (shift x, shift y, log size, angle, log width, bend x, bend y) at t for strength 1; lengths in its own heights.
SUBJECT_MOTION = {
    "jump": lambda t: {"y": -0.5 * abs(np.sin(2 * np.pi * t))}, "bounce": lambda t: {"y": -0.35 * abs(np.sin(4 * np.pi * t))},
    "move_left": lambda t: {"x": -0.6 * t}, "move_right": lambda t: {"x": 0.6 * t}, "move_up": lambda t: {"y": -0.5 * t},
    "move_down": lambda t: {"y": 0.5 * t}, "sway": lambda t: {"angle": 0.3 * np.sin(4 * np.pi * t), "foot": 1},
    "wave": lambda t: {"bend_x": 0.3 * np.sin(8 * np.pi * t)}, "shake_head": lambda t: {"bend_x": 0.25 * np.sin(6 * np.pi * t)},
    "nod": lambda t: {"bend_y": 0.12 * (1 - np.cos(4 * np.pi * t))},
    "dance": lambda t: {"x": 0.2 * np.sin(2 * np.pi * t), "y": -0.2 * abs(np.sin(4 * np.pi * t)), "angle": 0.2 * np.sin(4 * np.pi * t), "foot": 1},
    "wiggle": lambda t: {"x": 0.06 * np.sin(14 * np.pi * t), "angle": 0.05 * np.sin(13 * np.pi * t)},
    "spin_clockwise": lambda t: {"angle": 2.0 * t}, "spin_counterclockwise": lambda t: {"angle": -2.0 * t},
    "turn": lambda t: {"width": -0.5 * (1 - np.cos(2 * np.pi * t)) / 2}, "grow": lambda t: {"size": 0.35 * t, "foot": 1},
    "shrink": lambda t: {"size": -0.45 * t, "foot": 1}, "breathe": lambda t: {"size": 0.1 * (1 - np.cos(4 * np.pi * t)) / 2, "foot": 1},
    "act": lambda t: {"angle": 0.1 * np.sin(2 * np.pi * t), "bend_y": 0.05 * (1 - np.cos(4 * np.pi * t)), "foot": 1},
}


def subject(family: str, photo: Photo, cutout: Cutout, a: float, rng: np.random.Generator) -> Known:
    """An object pasted on a photo and moved alone."""
    layer, mask = paste(photo.pixels.shape[:2], cutout, (rng.uniform(-0.12, 0.12), rng.uniform(0.0, 0.12)), rng.uniform(0.38, 0.5))
    layer = torch.from_numpy(layer).permute(2, 0, 1)  # premultiplied RGBA
    background = to_tensor(photo.pixels[None])[0]
    u, v = unit_places(*mask.shape)
    rows, columns = np.nonzero(mask > 0.5)
    top, foot = float(v[rows.min(), 0]), float(v[rows.max(), 0])
    height, middle = foot - top, (float(u[0, int(columns.mean())]), (top + foot) / 2)
    frames = []
    for t in times():
        said = {key: value * (a if key != "foot" else 1) for key, value in SUBJECT_MOTION[family](t).items()}
        at = (middle[0], foot if said.get("foot") else middle[1])
        x, y = u - at[0] - height * said.get("x", 0), v - at[1] - height * said.get("y", 0)
        angle, size, width = said.get("angle", 0), np.exp(-said.get("size", 0)), np.exp(-said.get("width", 0))
        x, y = (np.cos(angle) * x + np.sin(angle) * y) * size * width, (-np.sin(angle) * x + np.cos(angle) * y) * size
        h = ((foot - at[1] - y) / height).clamp(0, 1) ** 2
        moved = sampled(layer, x + at[0] - height * said.get("bend_x", 0) * h, y + at[1] - height * said.get("bend_y", 0) * h, "zeros").clamp(0, 1)
        frames.append(background * (1 - moved[3:]) + moved[:3])
    return Known(family, to_frames(torch.stack(frames)), mask)


def nature(family: str, photo: Tensor, a: float, rng: np.random.Generator) -> tuple[Tensor, np.ndarray]:
    """A part of the picture moves in its place: clouds and mist the upper one, the others the lower one."""
    u, v = unit_places(*photo.shape[-2:])
    edge = rng.uniform(-0.1, 0.1)
    upper = family.startswith("clouds") or family == "drift_up"
    region = torch.sigmoid((edge - v) / 0.03) if upper else torch.sigmoid((v - edge) / 0.03)
    frames = []
    for t in times():
        du = dv = torch.zeros_like(u)
        if family.startswith("clouds"):
            du = torch.full_like(u, 0.15 * a * t * (1 if family == "clouds_left" else -1))
        elif family == "drift_up":
            dv = 0.12 * a * t + 0.01 * a * torch.sin(9 * v + 6 * t)
        elif family == "wind":
            du = 0.02 * a * (torch.sin(2 * np.pi * (2 * t + u * 1.5)) - torch.sin(2 * np.pi * u * 1.5))
        elif family == "water":
            dv = 0.008 * a * (torch.sin(2 * np.pi * (2 * t + v * 4 + u)) - torch.sin(2 * np.pi * (v * 4 + u)))
        elif family == "waves":
            dv = 0.025 * a * (torch.sin(2 * np.pi * (t + v * 2)) - torch.sin(2 * np.pi * v * 2))
        frames.append(sampled(photo, u + du * region, v + dv * region))
    return torch.stack(frames), region.numpy()


def light(family: str, photo: Tensor, a: float, rng: np.random.Generator) -> Tensor:
    u, _ = unit_places(*photo.shape[-2:])
    reach = float(u.max())
    dim = np.concatenate([[0], rng.normal(0, 0.2, FRAMES - 1)])
    frames = []
    for n, t in enumerate(times()):
        gain = torch.zeros(3, 1, 1)
        if family in ("darken", "brighten"):
            gain = gain + (0.6 if family == "brighten" else -0.9) * a * t
        elif family in ("warm", "cool"):
            gain = torch.tensor([0.35, 0.0, -0.4]).view(3, 1, 1) * a * t * (1 if family == "warm" else -1)
        elif family == "flicker":
            gain = gain + a * dim[n]
        else:
            way = 1 if family == "shadow_right" else -1
            gain = -0.8 * a * torch.exp(-((u - way * (2.6 * t - 1.3) * reach) / 0.25) ** 2)[None]
        frames.append(photo * gain.exp())
    return torch.stack(frames)


def known_clip(family: str, photo: Photo, cutout: Cutout, rng: np.random.Generator, a: float | None = None) -> Known:
    """One clip that truly shows a family. ``a``: strength, 0.4 to 1."""
    a = float(rng.uniform(0.45, 1.0)) if a is None else a
    picture = to_tensor(photo.pixels[None])[0]
    if family in SUBJECT:
        return subject(family, photo, cutout, a, rng)
    if family in NATURE:
        clip, region = nature(family, picture, a, rng)
        return Known(family, to_frames(clip), None, region)
    if family in CAMERA:
        clip = camera(family, picture, 0.25 * a, rng)
    elif family in LIGHT:
        clip = light(family, picture, a, rng)
    elif family in CONTENT:
        clip = draw(family, picture, a, rng, FRAMES)
    else:  # still, with the last bit of noise that a decoder leaves
        clip = picture.expand(FRAMES, -1, -1, -1) + torch.from_numpy(rng.normal(0, 0.002, (FRAMES, *picture.shape)).astype(np.float32))
    return Known(family, to_frames(clip))


def noisy_clip(photo: Photo, rng: np.random.Generator, size: float = 0.05) -> Known:
    """Fresh noise in every frame: motion and content of no family."""
    picture = to_tensor(photo.pixels[None])[0]
    noise = torch.from_numpy(rng.normal(0, size, (FRAMES, *picture.shape)).astype(np.float32))
    noise[0] = 0
    return Known("noise", to_frames(picture + noise))
