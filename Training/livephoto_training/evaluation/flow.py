"""A dense motion estimator of our own: pyramidal Lucas-Kanade from every frame back to the first.

Letters: N clips, F frames, H rows, W columns. All estimates are BACKWARD flow in pixels of the size analysed:
``frame_n(p) ~ frame_0(p + flow_n(p))``, x to the right, y down; content that moves right has negative x.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

ANALYSIS_SIDE = 80  # short side, pixels
SIGMA = 2.5  # of the window over which one motion is fitted
STEPS = 2  # Gauss-Newton steps a pyramid level


def blur(image: Tensor, sigma: float) -> Tensor:
    """Gaussian blur of [N, C, H, W], edges repeated."""
    radius = max(1, round(2.5 * sigma))
    at = torch.arange(-radius, radius + 1, dtype=image.dtype, device=image.device)
    kernel = torch.exp(-0.5 * (at / sigma) ** 2)
    kernel = kernel / kernel.sum()
    channels = image.shape[1]
    image = F.pad(image, (radius, radius, 0, 0), "replicate")
    image = F.conv2d(image, kernel.view(1, 1, 1, -1).expand(channels, 1, 1, -1), groups=channels)
    image = F.pad(image, (0, 0, radius, radius), "replicate")
    return F.conv2d(image, kernel.view(1, 1, -1, 1).expand(channels, 1, -1, 1), groups=channels)


def warp(image: Tensor, flow: Tensor) -> Tensor:
    """[N, C, H, W] read at p + flow [N, 2, H, W], edges repeated."""
    height, width = image.shape[-2:]
    x = torch.arange(width, device=image.device) + flow[:, 0]
    y = torch.arange(height, device=image.device)[:, None] + flow[:, 1]
    grid = torch.stack([x * (2 / (width - 1)) - 1, y * (2 / (height - 1)) - 1], -1)
    return F.grid_sample(image, grid, "bilinear", "border", align_corners=True)


def analysed(clips: Tensor, side: int = ANALYSIS_SIDE) -> Tensor:
    """[N, F, 3, H, W] scaled so that the short side has ``side`` pixels."""
    height, width = clips.shape[-2:]
    scale = side / min(height, width)
    if abs(scale - 1) < 0.01:
        return clips
    size = (round(height * scale), round(width * scale))
    return F.interpolate(clips.flatten(0, 1), size, mode="bilinear", antialias=True).view(*clips.shape[:3], *size)


def structure(frames: Tensor) -> Tensor:
    """Texture without its brightness, [N, 1, H, W] of unit local contrast: changes of light must not look like motion."""
    grey = frames.mean(1, keepdim=True).clamp(min=1e-3).log()
    detail = grey - blur(grey, 4)
    return detail / (blur(detail * detail, 6).sqrt() + 0.02)


def refine(first: Tensor, frame: Tensor, flow: Tensor) -> Tensor:
    """Gauss-Newton steps at one pyramid level."""
    for _ in range(STEPS):
        moved = warp(first, flow)
        padded = F.pad(moved, (1, 1, 1, 1), "replicate")
        gx, gy = (padded[:, :, 1:-1, 2:] - padded[:, :, 1:-1, :-2]) / 2, (padded[:, :, 2:, 1:-1] - padded[:, :, :-2, 1:-1]) / 2
        difference = frame - moved
        # Points that do not fit (new content, edges of moving things) lose their say.
        trust = 1 / (1 + (difference / 0.8) ** 2)
        moments = blur(torch.cat([gx * gx, gx * gy, gy * gy, gx * difference, gy * difference], 1) * trust, SIGMA)
        xx, xy, yy, xd, yd = moments.unbind(1)
        ridge = 0.004
        xx, yy = xx + ridge, yy + ridge
        determinant = xx * yy - xy * xy
        step = torch.stack([(yy * xd - xy * yd) / determinant, (xx * yd - xy * xd) / determinant], 1).clamp(-2, 2)
        flow = blur(flow + step, 1.0)
    return flow


def motion(clips: Tensor, levels: int = 4) -> tuple[Tensor, Tensor]:
    """Backward flow of every frame to the first.

    - clips: [N, F, 3, H, W] in [0, 1], of the size to be analysed
    - returns: flow [N, F, 2, H, W] in pixels, and how far to trust it [N, F, 1, H, W] in [0, 1] (texture there, and a good fit)
    """
    count, frames = clips.shape[:2]
    height, width = clips.shape[-2:]
    levels = max(1, min(levels, int(torch.tensor(min(height, width) / 12).log2()) + 1))
    features = structure(clips.flatten(0, 1))
    pyramid = [features]
    for _ in range(levels - 1):
        pyramid.append(F.avg_pool2d(blur(pyramid[-1], 0.8), 2, ceil_mode=True))
    pyramid = [level.view(count, frames, *level.shape[1:]) for level in pyramid]
    base = pyramid[0][:, 0]
    padded = F.pad(base, (1, 1, 1, 1), "replicate")
    energy = blur(((padded[:, :, 1:-1, 2:] - padded[:, :, 1:-1, :-2]) ** 2 + (padded[:, :, 2:, 1:-1] - padded[:, :, :-2, 1:-1]) ** 2) / 4, 2)
    flow = torch.zeros(count, 2, height, width, device=clips.device)
    flows, trusts = [flow], [torch.ones(count, 1, height, width, device=clips.device)]
    for n in range(1, frames):
        # Start from the frame before: a clip moves little from frame to frame however far it goes in the end.
        for level in range((levels if n == 1 else min(levels, 2)) - 1, -1, -1):
            size = pyramid[level].shape[-2:]
            scale = size[1] / flow.shape[-1]
            flow = F.interpolate(flow, size, mode="bilinear", align_corners=False) * scale if flow.shape[-2:] != size else flow
            flow = refine(pyramid[level][:, 0], pyramid[level][:, n], flow)
        error = blur((warp(base, flow) - pyramid[0][:, n]) ** 2, 2)
        seen = warp(energy, flow)
        x = torch.arange(width, device=clips.device) + flow[:, :1]
        y = torch.arange(height, device=clips.device)[:, None] + flow[:, 1:]
        inside = (x >= 0) & (x <= width - 1) & (y >= 0) & (y <= height - 1)
        flows.append(flow)
        trusts.append(seen / (seen + 0.02) * torch.exp(-error / 0.5) * inside)
    return torch.stack(flows, 1), torch.stack(trusts, 1)
