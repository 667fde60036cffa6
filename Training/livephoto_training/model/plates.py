"""Fills the unknown parts of pictures from the known ones around them, smoothly."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor


def push_pull(image: Tensor, weight: Tensor) -> Tensor:
    """Push-pull pyramid fill: image [B, C, H, W] kept where weight [B, 1, H, W] is 1, filled from around where it is 0."""
    levels = [(image * weight, weight)]
    while max(levels[-1][1].shape[-2:]) > 1:
        colour, known = levels[-1]
        pad = (0, colour.shape[-1] % 2, 0, colour.shape[-2] % 2)
        colour, known = F.pad(colour, pad), F.pad(known, pad)
        total = F.avg_pool2d(known, 2) * 4
        levels.append((F.avg_pool2d(colour, 2) * 4 / total.clamp(min=1e-6) * total.clamp(max=1), total.clamp(max=1)))
    filled = levels[-1][0] / levels[-1][1].clamp(min=1e-6)
    for colour, known in reversed(levels[:-1]):
        up = F.interpolate(filled, colour.shape[-2:], mode="bilinear", align_corners=False)
        filled = colour + (1 - known) * up
    return filled
