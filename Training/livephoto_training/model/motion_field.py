"""From the motion head's numbers to a moved picture (Models/FORMAT.md, "Motion field").

Letters: B clips, F frames, H x W pixels.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from .motion_heads import MotionPrediction


def unit_grid(height: int, width: int, device: torch.device | str = "cpu") -> Tensor:
    """(x, y, 1) of every pixel centre [3, H, W]; the picture's middle is 0, half the side of the square of equal area is 1."""
    s = (height * width) ** 0.5 / 2
    y = (torch.arange(height, device=device) + 0.5 - height / 2) / s
    x = (torch.arange(width, device=device) + 0.5 - width / 2) / s
    return torch.stack([x.expand(height, width), y[:, None].expand(height, width), torch.ones(height, width, device=device)])


def motion_field(motion: MotionPrediction, size: tuple[int, int]) -> tuple[Tensor, Tensor]:
    """Unscaled motion at a size: (u, v) + A (x, y, 1) [B, F, 2, H, W] and g + tint [B, F, 3, H, W]."""
    height, width = size
    b, f = motion.dense.shape[:2]
    dense = motion.dense
    if dense.shape[-2:] != (height, width):
        dense = F.interpolate(dense.flatten(0, 1), size=size, mode="bilinear", align_corners=False).unflatten(0, (b, f))
    matrix = motion.affine[..., :6].reshape(b, f, 2, 3)
    flow = dense[:, :, :2] + torch.einsum("bfij,jhw->bfihw", matrix, unit_grid(height, width, dense.device))
    return flow, dense[:, :, 2:] + motion.affine[..., 6:, None, None]


def scaled_motion(motion: MotionPrediction, size: tuple[int, int], flow_scale: float, light_scale: float,
                  anchor_first: bool) -> tuple[Tensor, Tensor]:
    """Flow in pixels [B, F, 2, H, W] and gain [B, F, 3, H, W]. ``anchor_first``: frame 0 of the clip stays as it is."""
    flow, light = motion_field(motion, size)
    height, width = size
    longest = float(max(size))
    flow = (flow * (flow_scale * (height * width) ** 0.5 / 2)).clamp(-longest, longest)
    light = (light * light_scale).clamp(-3, 3)
    if anchor_first:
        moving = torch.ones(flow.shape[1], device=flow.device)
        moving[0] = 0
        flow, light = flow * moving.view(1, -1, 1, 1, 1), light * moving.view(1, -1, 1, 1, 1)
    return flow, light.exp()


def move(photo: Tensor, flow: Tensor, gain: Tensor, border: str = "reflect", mode: str = "bilinear") -> Tensor:
    """``gain(p) * photo(p + flow(p))``. photo [B, 3, H, W] in [0, 1], flow [B, F, 2, H, W] in pixels, gain [B, F, 3, H, W]."""
    b, f, _, height, width = flow.shape
    y = torch.arange(height, device=flow.device, dtype=flow.dtype)[:, None] + flow[:, :, 1]
    x = torch.arange(width, device=flow.device, dtype=flow.dtype) + flow[:, :, 0]
    grid = torch.stack([(2 * x + 1) / width - 1, (2 * y + 1) / height - 1], dim=-1)  # [B, F, H, W, 2]
    padding = {"reflect": "reflection", "clamp": "border"}[border]
    # Frames stacked into the height of the grid: the photo is sampled once per clip without copies of it.
    moved = F.grid_sample(photo, grid.reshape(b, f * height, width, 2), mode=mode, padding_mode=padding, align_corners=False)
    return moved.reshape(b, 3, f, height, width).transpose(1, 2) * gain
