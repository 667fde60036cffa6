"""New content drawn over a photo in the plainest way, for trying the judges: dots, streaks, blobs and lines."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor


class Canvas:
    """Alpha and colour of what is drawn over one frame."""

    def __init__(self, height: int, width: int):
        self.height, self.width, self.unit = height, width, min(height, width)
        self.y, self.x = np.mgrid[:height, :width].astype(np.float32)
        self.alpha = np.zeros((height, width), np.float32)
        self.colour = np.zeros((3, height, width), np.float32)

    def blob(self, x: float, y: float, wide: float, tall: float, colour: tuple, alpha: float = 1.0, sharp: float = 1.6) -> None:
        """A Gaussian blob; places in pictures (0 to 1), sizes in short sides; ``sharp`` > 1 gives it a firm middle."""
        px, py = x * self.width, y * self.height
        wide, tall = max(wide * self.unit, 0.5), max(tall * self.unit, 0.5)
        x0, x1 = int(max(px - 3 * wide - 1, 0)), int(min(px + 3 * wide + 2, self.width))
        y0, y1 = int(max(py - 3 * tall - 1, 0)), int(min(py + 3 * tall + 2, self.height))
        if x0 >= x1 or y0 >= y1:
            return
        part = np.s_[y0:y1, x0:x1]
        a = np.exp(-0.5 * (((self.x[part] - px) / wide) ** 2 + ((self.y[part] - py) / tall) ** 2))
        a = np.clip(a * sharp, 0, 1) * alpha
        self.colour[:, y0:y1, x0:x1] = self.colour[:, y0:y1, x0:x1] * (1 - a) + np.array(colour, np.float32)[:, None, None] * a
        self.alpha[part] = self.alpha[part] * (1 - a) + a

    def over(self, photo: np.ndarray) -> np.ndarray:
        return photo * (1 - self.alpha) + self.colour


def draw(family: str, photo: Tensor, a: float, rng: np.random.Generator, frames: int) -> Tensor:
    """[3, H, W] to [F, 3, H, W] with the family's content over it. ``a``: how much of it, 0 to 1. Frame 0 is the photo."""
    picture, height, width = photo.numpy(), *photo.shape[-2:]
    count = {"snow": 110, "rain": 130, "leaves": 26, "sparks": 45, "drip": 7, "stars": 30}.get(family, 0)
    things = rng.random((max(8, int(count * (0.5 + a))), 6))
    bursts = [(rng.uniform(0.2, 0.8), rng.uniform(0.15, 0.5), rng.integers(1, 9), rng.random(3) * 0.7 + 0.3 * np.eye(3)[rng.integers(3)]) for _ in range(3)]
    flashes = set(rng.choice(np.arange(2, frames - 3), 2, replace=False).tolist())
    bolt = np.cumsum(np.concatenate([[rng.uniform(0.3, 0.7)], rng.normal(0, 0.02, 40)]))
    place, speed = rng.uniform(0.35, 0.65), 0.5 + a
    out = [picture]
    for n in range(1, frames):
        canvas, t = Canvas(height, width), n / (frames - 1)
        gain = 1.0
        for index, (x, y, p, q, r, s) in enumerate(things[:count and len(things)]):
            if family == "snow":
                canvas.blob((x + 0.02 * np.sin(6 * t + 6 * r)) % 1, (y + speed * (0.4 + 0.4 * p) * t) % 1, 0.004 + 0.006 * q, 0.004 + 0.006 * q, (1, 1, 1), 0.9)
            elif family == "rain":
                canvas.blob((x + 0.1 * t) % 1, (y + speed * (2 + p) * t) % 1, 0.002, 0.03 + 0.02 * q, (0.85, 0.88, 0.95), 0.6)
            elif family == "leaves":
                colour = [(0.85, 0.4, 0.1), (0.8, 0.7, 0.1), (0.95, 0.5, 0.6)][index % 3]
                canvas.blob((x + 0.05 * np.sin(5 * t + 6 * r)) % 1, (y + speed * (0.3 + 0.4 * p) * t) % 1, 0.012 + 0.01 * q, 0.008 + 0.008 * s, colour, 0.95, 2.5)
            elif family == "sparks":
                canvas.blob((x + 0.03 * np.sin(7 * t + 6 * r)) % 1, (y - speed * (0.4 + 0.5 * p) * t) % 1, 0.005, 0.006, (1, 0.65, 0.25), 0.95, 2)
            elif family == "drip":
                fall = max(0.0, (t - 0.3 * p)) ** 2
                canvas.blob(0.2 + 0.6 * x, 0.2 + 0.3 * y + speed * fall, 0.008, 0.012, (0.9, 0.95, 1), 0.9, 2)
            elif family == "stars":
                glow = 0.5 + 0.5 * np.sin(2 * np.pi * (2 * t * (0.6 + p) + r))
                canvas.blob(x, 0.6 * y, 0.005, 0.005, (1, 1, 0.95), glow * min(1, 4 * t), 2)
        if family == "fireworks":
            gain = 1 - 0.75 * min(1, 3 * t)  # by night: what is painted over a white sky does not shine
            for x, y, start, colour in bursts:
                age = n - start
                if 0 <= age < 7:
                    for angle in np.linspace(0, 2 * np.pi, 22, endpoint=False):
                        reach = (0.08 + 0.18 * a) * (1 - 0.6 ** (age + 0.5))
                        canvas.blob(x + reach * np.cos(angle) * height / width, y + reach * np.sin(angle) + 0.003 * age, 0.006, 0.006, tuple(colour), 1 - age / 8, 2)
        elif family == "lightning" and (n in flashes or n - 1 in flashes):
            power = (1.0 if n in flashes else 0.5) * (0.5 + 0.5 * a)
            gain = 1 + 0.6 * power
            for step, x in enumerate(bolt):
                canvas.blob(x, step / 55, 0.004, 0.012, (0.95, 0.95, 1), power)
        elif family == "fire":
            for tongue in range(9):
                size = rng.uniform(0.5, 1.0) * (0.6 + 0.4 * a)
                x = place + (tongue - 4) * 0.018
                canvas.blob(x, 0.85 - 0.07 * size, 0.02, 0.09 * size, (1.0, 0.45, 0.08), 0.8)
                canvas.blob(x, 0.88 - 0.03 * size, 0.012, 0.04 * size, (1.0, 0.85, 0.35), 0.8)
        elif family == "smoke":
            for puff in range(14):
                age = (t * 1.2 - puff / 14)
                if age > 0:
                    canvas.blob(place + 0.05 * np.sin(puff * 2.1) * (0.3 + age), 0.8 - (0.5 + 0.3 * a) * age, 0.03 + 0.09 * age, 0.03 + 0.08 * age, (0.72, 0.72, 0.74),
                                0.35 * (1 - 0.5 * age), 1)
        elif family == "pour":
            end = min(1.0, 2.5 * t)
            for step in np.linspace(0, end, 24):
                canvas.blob(place + 0.004 * np.sin(20 * step - 14 * t), 0.15 + 0.6 * step, 0.016 + 0.008 * a, 0.02, (0.75, 0.85, 0.95), 0.75)
                canvas.blob(place + rng.normal(0, 0.006), 0.15 + 0.6 * step, 0.004, 0.02, (1, 1, 1), 0.6)
        out.append(np.clip(canvas.over(picture * gain), 0, 1))
    return torch.from_numpy(np.stack(out).astype(np.float32))
