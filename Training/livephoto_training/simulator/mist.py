"""Mist, fog, smoke and steam drawn over any picture: few photographs have some whose place is known."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from .procedural import blend, spectral_noise

#: What people call it, by its sort.
NAMES = {
    "fog": ("the mist", "the fog", "the haze", "the morning mist", "the fog bank", "the vapour", "the mist over the ground", "the ground fog"),
    "smoke": ("the smoke", "the cloud of smoke", "the smoke plume", "the fumes", "the column of smoke", "the dust", "the clouds of smoke"),
    "steam": ("the steam", "the vapour", "the vapor", "the smoke", "the mist", "the steam cloud"),
}
#: Opacity below which nobody would point at mist, and from which everybody does.
UNSEEN, PLAIN = 0.1, 0.28
LEAST_CONTRAST = 0.09  # mean change of the picture where the mist is plain

Form = Callable[[np.random.Generator, np.ndarray, np.ndarray], np.ndarray]


def smoothstep(low: float | np.ndarray, high: float | np.ndarray, x: np.ndarray) -> np.ndarray:
    part = np.clip((x - low) / (high - low), 0, 1)
    return part * part * (3 - 2 * part)


def ragged(rng: np.random.Generator, like: np.ndarray, scale: float, stretch: float = 1.0) -> np.ndarray:
    """Noise in about -1 to 1 to move outlines by."""
    return spectral_noise(rng, *like.shape, scale, 2.8, stretch) / 2


def softened(field: np.ndarray, reach: float) -> Tensor:
    """A field [H, W] averaged twice over ``reach`` short sides."""
    half = max(1, round(reach * min(field.shape) / 2))
    soft = torch.from_numpy(field).float()[None, None]
    for _ in range(2):
        soft = F.avg_pool2d(soft, 2 * half + 1, 1, half, count_include_pad=False)
    return soft[0, 0]


# Forms: density in [0, 1] over y, x [H, W] in [0, 1] ----------------------------------------------------------------

def bank(rng: np.random.Generator, y: np.ndarray, x: np.ndarray) -> np.ndarray:
    """A layer that lies over ground or water, from side to side or with an end."""
    thickness, foot = rng.uniform(0.1, 0.4), rng.uniform(0.4, 1.1)
    edge = ragged(rng, y, 0.3, 3) * 0.5 * thickness
    top, soft = foot - thickness, rng.uniform(0.25, 0.9) * thickness
    density = smoothstep(top, top + soft, y + edge) * smoothstep(foot + 0.5 * soft, foot - 0.3 * soft, y + 0.5 * edge)
    if rng.random() < 0.4:
        middle, reach = rng.uniform(0, 1), rng.uniform(0.25, 0.6)
        density = density * smoothstep(reach, 0.4 * reach, np.abs(x - middle + ragged(rng, y, 0.4) * 0.2))
    return density


def veil(rng: np.random.Generator, y: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Fog that fills the lower picture, or a band of it that has no clear end."""
    top, soft = rng.uniform(0.05, 0.65), rng.uniform(0.15, 0.45)
    density = smoothstep(top, top + soft, y + ragged(rng, y, 0.4, 2.5) * 0.2)
    return density * smoothstep(1.1, 0.8, y) if rng.random() < 0.4 else density


def wisps(rng: np.random.Generator, y: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Long thin swathes in a part of the picture."""
    middle, reach = rng.uniform(0.25, 0.85), rng.uniform(0.12, 0.35)
    streaks = spectral_noise(rng, *y.shape, rng.uniform(0.2, 0.45), 2.8, rng.uniform(2, 5))
    return smoothstep(-0.8, 1.6, streaks) * smoothstep(reach, 0.3 * reach, np.abs(y - middle + ragged(rng, y, 0.4) * 0.1))


def plume(rng: np.random.Generator, y: np.ndarray, x: np.ndarray) -> np.ndarray:
    """A column that rises from a place, widens and leans with the wind."""
    foot, start, lean = rng.uniform(0.5, 1.05), rng.uniform(0.15, 0.85), rng.normal(0, 0.25)
    narrow, wide = rng.uniform(0.01, 0.06), rng.uniform(0.08, 0.3)
    up = np.clip((foot - y) / foot, 0, 1)
    middle = start + lean * up ** 1.3 + ragged(rng, y, 0.5) * 0.12 * up
    reach = narrow + wide * up ** rng.uniform(0.6, 1.2)
    billows = ragged(rng, y, rng.uniform(0.12, 0.25)) * 0.8
    across = np.abs(x - middle) / reach
    fades = rng.uniform(0.4, 1.3)  # the height at which it has thinned out
    return smoothstep(1.25, 0.25, across + billows) * smoothstep(0, 0.04, up) * smoothstep(fades, 0.3 * fades, up)


def cloud(rng: np.random.Generator, y: np.ndarray, x: np.ndarray) -> np.ndarray:
    """A billowing heap."""
    heap, size = np.zeros_like(y), rng.uniform(0.1, 0.25)
    at = np.array([rng.uniform(0.15, 0.85), rng.uniform(0.25, 0.85)])
    for _ in range(int(rng.integers(3, 9))):
        cx, cy = at + rng.normal(0, size, 2) * (1.0, 0.7)
        radius = size * rng.uniform(0.5, 1.2)
        heap = np.maximum(heap, np.exp(-(((x - cx) / radius) ** 2 + ((y - cy) / radius) ** 2)))
    return smoothstep(0.2, 0.75, heap + ragged(rng, y, rng.uniform(0.12, 0.25)) * 0.35)


FORMS: tuple[tuple[Form, str, float], ...] = (
    (bank, "fog", 0.3), (veil, "fog", 0.15), (wisps, "fog", 0.2), (plume, "smoke", 0.12), (plume, "steam", 0.08), (cloud, "smoke", 0.1), (cloud, "fog", 0.05),
)


def tone(rng: np.random.Generator, picture: Tensor, sort: str) -> np.ndarray:
    """Colour [3] of mist in the light of a picture: by night it is not white."""
    light = float(picture.mean(0).flatten().quantile(float(rng.uniform(0.7, 0.97))))
    bright = np.clip(light * rng.uniform(0.9, 1.2) + rng.uniform(0, 0.2), 0.25, 1.0)
    if sort == "smoke":
        bright *= rng.choice([1.0, 0.75, 0.4], p=[0.45, 0.3, 0.25])
    own = picture.flatten(1).mean(1).numpy()
    own = own / max(own.mean(), 0.05)  # some of the picture's own colour
    hue = np.array([[1, 1, 1], [0.93, 0.98, 1.05], [1.06, 0.98, 0.9], [1.08, 0.95, 0.95], [1.1, 0.97, 0.78]])[
        rng.choice(5, p=[0.4, 0.25, 0.15, 0.1, 0.1])]
    return np.clip(bright * hue * own.clip(0.6, 1.5) ** rng.uniform(0, 0.5), 0, 1)


def with_mist(rng: np.random.Generator, picture: Tensor) -> tuple[Tensor, Tensor, str]:
    """A picture [3, H, W] in [0, 1] with mist over it, the mask of the mist [H, W] in [0, 1], and its name with article."""
    height, width = picture.shape[-2:]
    y, x = np.mgrid[:height, :width] / np.array([height - 1, width - 1]).reshape(2, 1, 1)
    for _ in range(8):
        form, sort, _ = FORMS[rng.choice(len(FORMS), p=[share for *_, share in FORMS])]
        density = form(rng, y, x)
        # Fog has soft edges; only what billows has clear ones.
        density = softened(density, rng.uniform(0.01, 0.05) if form in (plume, cloud) else rng.uniform(0.03, 0.12)).numpy()
        texture = spectral_noise(rng, height, width, rng.uniform(0.2, 0.5), rng.uniform(2.4, 3.0), 1.0 if form in (plume, cloud) else rng.uniform(1, 3))
        cover = torch.from_numpy(np.clip(density * (0.8 + rng.uniform(0.08, 0.25) * texture), 0, 1) * rng.uniform(0.55, 0.98)).float()
        shade = spectral_noise(rng, height, width, 0.25, 2.8) * rng.uniform(0, 0.07)
        colour = torch.from_numpy(np.clip(tone(rng, picture, sort)[:, None, None] * (1 + shade), 0, 1)).float()
        painted = picture * (1 - cover) + colour * cover
        mask = torch.from_numpy(smoothstep(UNSEEN, PLAIN, softened(cover.numpy(), 0.03).numpy())).float()
        contrast = float(((painted - picture).abs().mean(0) * mask).sum() / mask.sum().clamp(min=1))
        if contrast > LEAST_CONTRAST and 0.03 < float(mask.mean()) < 0.8:
            break
    return painted, mask, str(rng.choice(NAMES[sort]))


def misty_hills(rng: np.random.Generator, height: int, width: int) -> tuple[Tensor, Tensor, str]:
    """Ridges one behind the other with mist between them, as ``with_mist`` gives them."""
    y, x = np.mgrid[:height, :width] / np.array([height - 1, width - 1]).reshape(2, 1, 1)
    hue = np.clip(rng.uniform(0.75, 1.1) * np.array([0.85, 0.9, 1.0])[rng.permutation(3) if rng.random() < 0.3 else [0, 1, 2]], 0, 1)
    light, near = rng.uniform(0.55, 0.95), rng.uniform(0.05, 0.4) * rng.uniform(0.6, 1.2, 3)
    fog, sky = light * hue, np.clip(light * hue * rng.uniform(0.7, 1.1, 3), 0, 1)
    picture = blend(smoothstep(0, rng.uniform(0.4, 0.7), y), fog, sky)
    mask, count, top = np.zeros_like(y), int(rng.integers(2, 6)), rng.uniform(0.15, 0.5)
    for index in range(count):
        far = 1 - (index + 0.5) / count
        outline = top + index * (1 - top) / count * rng.uniform(0.8, 1.1) + ragged(rng, y, rng.uniform(0.2, 0.5))[:1] * 0.12
        ridge = smoothstep(-0.006, 0.006, y - outline)
        ground = (near + (fog - near) * 0.6 * far) * (1 + 0.12 * spectral_noise(rng, height, width, 0.1, 1.6)[..., None])
        depth = rng.uniform(0.08, 0.3)
        thick = smoothstep(0.2 * depth, depth, y - outline + ragged(rng, y, 0.3, 3) * 0.15 * depth) * rng.uniform(0.5, 0.97) if index < count - 1 else 0 * y
        picture = blend(ridge, blend(thick, fog, ground), picture)
        mask = mask * (1 - ridge) + ridge * smoothstep(UNSEEN, PLAIN, thick)
    return torch.from_numpy(np.clip(picture, 0, 1)).permute(2, 0, 1).float(), torch.from_numpy(mask).float(), str(rng.choice(NAMES["fog"]))
