"""Laying pictures over pictures.

Letters: B clips, F frames, H rows, W columns.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from .plan import Stamp


@dataclass
class Pixels:
    """The pixel grid in plan units."""

    height: int
    width: int
    device: torch.device

    def __post_init__(self):
        self.unit = min(self.height, self.width)
        x = torch.arange(self.width, device=self.device, dtype=torch.float32)
        y = torch.arange(self.height, device=self.device, dtype=torch.float32)
        self.x, self.y = x, y
        self.u, self.v = (x - (self.width - 1) / 2) / self.unit, (y - (self.height - 1) / 2) / self.unit  # [W], [H]


def sample_at(image: Tensor, x: Tensor, y: Tensor) -> Tensor:
    """Bilinear samples of [B, C, h, w] at pixel positions [B, F, H, W]: [B, C, F, H, W]."""
    batch, frames, height, width = x.shape
    grid = torch.stack([x * (2 / (image.shape[-1] - 1)) - 1, y * (2 / (image.shape[-2] - 1)) - 1], -1)
    out = F.grid_sample(image, grid.view(batch, frames * height, width, 2), "bilinear", "border", align_corners=True)
    return out.view(batch, image.shape[1], frames, height, width)


def resized(pixels: np.ndarray, height: int, width: int) -> Tensor:
    """uint8 [h, w, C] to uint8 [C, height, width], antialiased."""
    image = torch.from_numpy(np.ascontiguousarray(pixels)).permute(2, 0, 1)[None]
    return F.interpolate(image, (height, width), mode="bilinear", antialias=True)[0]


def stamp_image(stamp: Stamp, pixels: np.ndarray, unit: int) -> Tensor:
    """A cut-out at its size in the photo: float [4, h, w], colours multiplied by alpha."""
    height = max(4, round(stamp.height * unit))
    width = max(4, round(height * pixels.shape[1] / pixels.shape[0]))
    if stamp.flipped:
        pixels = pixels[:, ::-1]
    # Multiply before resizing, or the colour of transparent pixels bleeds into the edge.
    alpha = pixels[..., 3:].astype(np.float32) / 255
    image = torch.from_numpy(np.concatenate([pixels[..., :3].astype(np.float32) / 255 * alpha, alpha], -1)).permute(2, 0, 1)[None]
    if stamp.softness < 1:
        image = F.interpolate(image, (max(4, round(height * stamp.softness)), max(4, round(width * stamp.softness))), mode="bilinear", antialias=True)
    image = F.interpolate(image, (height, width), mode="bilinear", antialias=True)[0]
    image[:3] = torch.minimum(image[:3] * torch.tensor(stamp.gains, dtype=torch.float32).view(3, 1, 1), image[3:])
    return image


def paste(target: Tensor, image: Tensor, stamp: Stamp, grid: Pixels, left: int = 0, top: int = 0) -> None:
    """Lay a cut-out over [3 or 4, h, w] in place; (left, top): the photo's corner within the target."""
    height, width = image.shape[-2:]
    x = round((grid.width - 1) / 2 + stamp.centre[0] * grid.unit - width / 2) + left
    y = round((grid.height - 1) / 2 + stamp.centre[1] * grid.unit - height / 2) + top
    x0, y0, x1, y1 = max(0, x), max(0, y), min(target.shape[-1], x + width), min(target.shape[-2], y + height)
    if x0 >= x1 or y0 >= y1:
        return
    part = image[:, y0 - y:y1 - y, x0 - x:x1 - x].to(target.device)
    here = target[:, y0:y1, x0:x1]
    target[:, y0:y1, x0:x1] = here * (1 - part[3:]) + part[:len(target)]
