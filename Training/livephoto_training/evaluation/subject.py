"""Follows one object whose place in frame 0 is known, by fitting its pixels again in every frame.

A point (u, v) of the object, in short sides of the picture from the object's middle, at height h above its foot (0 foot, 1 top) is found at
``(u + tx + a u + b v + e h^2, v + ty + c u + d v + f h^2)``: it may shift, turn, grow, be squeezed and bend. The fit is by Gauss-Newton
steps on the pixels, from several starts (the frame before, the frame before carried on, the best whole-pixel shift), so that fast things
are not lost. Plain backgrounds and objects without texture can mislead it; ``sure`` says in which frames the pixels were found again.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from .flow import blur

SUBJECT_SIDE = 128  # short side, in pixels, at which an object is followed
POINTS = 1600  # at most so many pixels of the object are fitted
FOUND = 0.55  # share of the object's contrast that a fit must explain


@dataclass
class Track:
    """Where the object goes; lengths in short sides of the picture, x right, y down, F frames."""

    centre: np.ndarray  # [F, 2] shift of its middle
    top: np.ndarray  # [F, 2] shift of its highest part
    foot: np.ndarray  # [F, 2] shift of its lowest part
    turn: np.ndarray  # [F] radians, > 0 clockwise on the screen
    scale: np.ndarray  # [F] logarithm of its size
    narrow: np.ndarray  # [F] logarithm of width against height
    amount: np.ndarray  # [F] mean length of its points' shifts
    sure: np.ndarray  # [F] whether it was found
    swept: np.ndarray  # [F, H, W] bool: where it is in each frame, in pixels of the frames followed
    height: float  # of the object

    @property
    def lean(self) -> np.ndarray:
        """[F, 2] shift of the top against the foot."""
        return self.top - self.foot


class Fitter:
    """The object's pixels and their coordinates."""

    def __init__(self, frames: Tensor, mask: Tensor):
        self.frames = frames
        height, width = mask.shape
        self.unit = min(height, width)
        y, x = torch.nonzero(mask > 0.5, as_tuple=True)
        self.top, self.bottom = float(y.min()), float(y.max())
        self.middle = (float(x.float().mean()), (self.top + self.bottom) / 2)
        keep = torch.linspace(0, len(x) - 1, min(POINTS, len(x))).long()
        self.x, self.y = x[keep].float(), y[keep].float()
        self.basis = self.basis_at(self.x, self.y)
        # Frames are softened a little so that a fit is pulled in from more than a pixel away.
        self.soft = [blur(frames, 1.0), blur(frames, 3.0)]
        self.slopes = [slopes(soft) for soft in self.soft]
        self.templates = [soft[0][:, y[keep], x[keep]] for soft in self.soft]
        template = self.templates[0]
        self.contrast = float(((template - template.mean(1, keepdim=True)) ** 2).mean()) + 1e-4

    def basis_at(self, x: Tensor, y: Tensor) -> Tensor:
        """[P, 4]: 1, u, v, h^2"""
        h = (self.bottom - y) / max(self.bottom - self.top, 1)
        return torch.stack([torch.ones_like(x), (x - self.middle[0]) / self.unit, (y - self.middle[1]) / self.unit, h * h], 1)

    def place(self, parameters: Tensor) -> tuple[Tensor, Tensor]:
        """Pixels at which the points are with parameters [2, 4]."""
        shift = self.basis @ parameters.T * self.unit
        return self.x + shift[:, 0], self.y + shift[:, 1]

    def error(self, n: int, parameters: Tensor, level: int = 0) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Difference [3, P], which points are in the picture [P], and the pixel places."""
        x, y = self.place(parameters)
        height, width = self.frames.shape[-2:]
        inside = ((x >= 0) & (x <= width - 1) & (y >= 0) & (y <= height - 1)).float()
        found = read(self.soft[level][n], x, y)
        template = self.templates[level]
        # Light may have changed: one factor for all points.
        gain = ((found * template * inside).sum() / ((template ** 2) * inside).sum().clamp(min=1e-3)).clamp(0.6, 1.6)
        return found - gain * template, inside, x, y

    def cost(self, n: int, parameters: Tensor) -> float:
        difference, inside, _, _ = self.error(n, parameters)
        if float(inside.mean()) < 0.35:
            return float("inf")
        squares = (difference ** 2).mean(0)
        return float((squares.clamp(max=0.15) * inside).sum() / inside.sum())

    def fit(self, n: int, parameters: Tensor) -> Tensor:
        for level, steps in ((1, 6), (0, 6)):
            for _ in range(steps):
                difference, inside, x, y = self.error(n, parameters, level)
                weight = inside / (1 + (difference ** 2).mean(0) / 0.01)  # [P]
                gradient = read(self.slopes[level][n], x, y).view(2, 3, -1)  # [2, 3, P]
                jacobian = (gradient[:, None] * self.basis.T[None, :, None]).reshape(8, 3, -1)  # [8, 3, P]
                weighted = jacobian * weight
                normal = torch.einsum("icp,jcp->ij", weighted, jacobian)
                right = torch.einsum("icp,cp->i", weighted, difference)
                ridge = 1e-3 * normal.diagonal().mean() + 1e-6
                # The bend is the least certain number: it takes the most evidence.
                damping = ridge * torch.tensor([0.02, 1, 1, 3, 0.02, 1, 1, 3])
                step = torch.linalg.solve(normal + torch.diag(damping), right).view(2, 4) / self.unit
                parameters = parameters - step.clamp(-0.06, 0.06)
        return parameters


def slopes(images: Tensor) -> Tensor:
    """[F, 3, H, W] to x and y slopes a pixel, [F, 6, H, W]."""
    padded = F.pad(images, (1, 1, 1, 1), "replicate")
    return torch.cat([(padded[:, :, 1:-1, 2:] - padded[:, :, 1:-1, :-2]) / 2, (padded[:, :, 2:, 1:-1] - padded[:, :, :-2, 1:-1]) / 2], 1)


def read(image: Tensor, x: Tensor, y: Tensor) -> Tensor:
    """[C, H, W] at pixel places [P]: [C, P], bilinear, edges repeated."""
    height, width = image.shape[-2:]
    grid = torch.stack([x * (2 / (width - 1)) - 1, y * (2 / (height - 1)) - 1], -1)[None, None]
    return F.grid_sample(image[None], grid, "bilinear", "border", align_corners=True)[0, :, 0]


def whole_shifts(frames: Tensor, mask: Tensor) -> Tensor:
    """The whole-pixel shift [F, 2] (x, y) at which the masked part of frame 0 fits each frame best, of all that keep half of it inside."""
    count, _, height, width = frames.shape
    size = (2 * height, 2 * width)
    m = torch.fft.rfft2(mask, s=size)

    def correlate(a: Tensor, b: Tensor) -> Tensor:
        return torch.fft.irfft2(a * b.conj(), s=size)

    everywhere = torch.fft.rfft2(torch.ones(height, width), s=size)
    inside = correlate(everywhere, m)
    own = correlate(everywhere, torch.fft.rfft2((frames[0] ** 2).sum(0) * mask, s=size))
    there = correlate(torch.fft.rfft2((frames ** 2).sum(1), s=size), m)
    cross = correlate(torch.fft.rfft2(frames, s=size), torch.fft.rfft2(frames[0] * mask, s=size)).sum(1)
    cost = ((there - 2 * cross + own) / inside.clamp(min=1e-3)).masked_fill(inside < 0.5 * mask.sum(), torch.inf)
    best = cost.flatten(1).argmin(1)
    y, x = best // size[1], best % size[1]
    return torch.stack([torch.where(x >= width, x - size[1], x), torch.where(y >= height, y - size[0], y)], -1).float()


def follow(frames: Tensor, mask: Tensor) -> Track:
    """Frames [F, 3, H, W] in [0, 1], mask [H, W] of the object in frame 0."""
    fitter, count = Fitter(frames, mask), len(frames)
    shifts = whole_shifts(frames, (mask > 0.5).float())
    still = torch.zeros(2, 4)
    path, sure = [still], [True]
    for n in range(1, count):
        jumped = still.clone()
        jumped[:, 0] = shifts[n] / fitter.unit
        carried = path[-1] + (path[-1] - path[-2] if n > 1 else 0)
        starts = sorted([path[-1], carried, jumped, still], key=lambda start: fitter.cost(n, start))[:2]
        best = min([fitter.fit(n, start) for start in starts] + [path[-1], still], key=lambda found: fitter.cost(n, found))
        explained = 1 - fitter.cost(n, best) / fitter.contrast
        sure.append(bool(explained > FOUND))
        path.append(best if sure[-1] else path[-1])
    return summary(fitter, torch.stack(path), np.array(sure), mask)


def summary(fitter: Fitter, path: Tensor, sure: np.ndarray, mask: Tensor) -> Track:
    """Parameters [F, 2, 4] to the numbers that judges read."""
    unit = fitter.unit
    half = (fitter.bottom - fitter.top) / 2 / unit

    def at(v: float, h: float) -> np.ndarray:
        return (path @ torch.tensor([1.0, 0.0, v, h * h])).numpy()

    a, b, c, d = path[:, 0, 1], path[:, 0, 2], path[:, 1, 1], path[:, 1, 2]
    wide, tall = torch.stack([1 + a, c]).norm(dim=0).clamp(min=0.05), torch.stack([b, 1 + d]).norm(dim=0).clamp(min=0.05)
    area = ((1 + a) * (1 + d) - b * c).abs().clamp(min=0.01)
    swept = np.stack([landed(fitter, parameters, mask) for parameters in path])
    amount = (fitter.basis @ path.transpose(1, 2)).norm(dim=-1).mean(1).numpy()
    return Track(at(0, 0.5), at(-half, 1.0), at(half, 0.0), torch.atan2(c - b, 2 + a + d).numpy(), (0.5 * area.log()).numpy(),
                 (wide / tall).log().numpy(), amount, sure, swept, 2 * half)


def landed(fitter: Fitter, parameters: Tensor, mask: Tensor) -> np.ndarray:
    """Pixels [H, W] that the object's points fall on."""
    height, width = mask.shape
    y, x = torch.nonzero(mask > 0.3, as_tuple=True)
    shift = fitter.basis_at(x.float(), y.float()) @ parameters.T * fitter.unit
    x, y = (x + shift[:, 0]).round().long(), (y + shift[:, 1]).round().long()
    inside = (x >= 0) & (x < width) & (y >= 0) & (y < height)
    there = np.zeros((height, width), bool)
    there[y[inside].numpy(), x[inside].numpy()] = True
    return there
