"""New content that no warp of the photo can show: snow, rain, leaves and sparks, drawn in layers of depth."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from .plan import Particles
from .render import Pixels, sample_at

LAYERS = 3
COLOURS = {"snow": [(0.97, 0.98, 1.0)], "rain": [(0.8, 0.84, 0.9)], "sparks": [(1.0, 0.62, 0.2), (1.0, 0.8, 0.35), (1.0, 0.45, 0.1)],
           "leaves": [(0.82, 0.45, 0.1), (0.75, 0.62, 0.12), (0.65, 0.2, 0.1), (0.95, 0.65, 0.75), (0.9, 0.9, 0.3)]}


def dots(x: np.ndarray, y: np.ndarray, wide: np.ndarray, tall: np.ndarray, height: int, width: int) -> Tensor:
    """Sum of axis-parallel Gaussians on a torus, [height, width]; positions and sizes in pixels. One matrix product."""
    def profile(centre: np.ndarray, size: np.ndarray, length: int) -> Tensor:
        at = torch.arange(length, dtype=torch.float32)
        distance = (at[None] - torch.from_numpy(centre.astype(np.float32))[:, None] + length / 2) % length - length / 2
        return torch.exp(-0.5 * (distance / torch.from_numpy(size.astype(np.float32))[:, None]) ** 2)

    return profile(y, tall, height).T @ profile(x, wide, width)


def layer_texture(plan: Particles, layer: int, rng: np.random.Generator, grid: Pixels) -> Tensor:
    """One tile of one layer, alpha [H, W]. Layer 0 is far: many and small; the last is near: few and large."""
    near = 0.6 + 0.55 * layer
    area = grid.height * grid.width / grid.unit ** 2
    count = max(1, int(plan.density * area * (0.5, 0.32, 0.18)[layer]))
    x, y = rng.random(count) * grid.width, rng.random(count) * grid.height
    size = np.maximum(plan.size * near * grid.unit * rng.uniform(0.7, 1.4, count), 0.55)
    if plan.kind == "rain":
        thin = np.maximum(size * 0.45, 0.4)
        return dots(x, y, thin, size * rng.uniform(3, 7), grid.height, grid.width).clamp(max=1)
    if plan.kind == "leaves":
        # A leaf is three dots in a row: an oblong of random direction.
        angle, parts = rng.uniform(0, np.pi, count), []
        for step in (-0.9, 0.0, 0.9):
            parts.append(dots(x + step * size * np.cos(angle), y + step * size * np.sin(angle), size * 0.65, size * 0.65, grid.height, grid.width))
        return (sum(parts) * 2.5 - 0.8).clamp(0, 1)
    return (dots(x, y, size, size, grid.height, grid.width) * 1.5).clamp(max=1)


def falling(plans: list[Particles], times: Tensor, grid: Pixels) -> tuple[Tensor, Tensor]:
    """Layers of falling things at times [b, F]: alpha [b, L, F, H, W] and colours [b, L, 3]."""
    textures, colours, shifts, slants, wobbles = [], [], [], [], []
    frames = times.shape[1]
    for plan, t in zip(plans, times.numpy()):
        rng = np.random.default_rng(plan.seed)
        palette = COLOURS[plan.kind]
        for layer in range(LAYERS):
            near = 0.6 + 0.35 * layer
            tile = layer_texture(plan, layer, rng, grid)
            textures.append(torch.nn.functional.pad(tile[None, None], (0, 1, 0, 1), mode="circular")[0])
            colours.append(palette[int(rng.integers(len(palette)))])
            sx, sy = plan.speed[0] * near, plan.speed[1] * near
            shifts.append(np.stack([sx * t, sy * t], -1) * grid.unit)
            slants.append(plan.speed[0] / plan.speed[1] if plan.kind == "rain" else 0.0)
            wobbles.append([0.0 if plan.kind == "rain" else rng.uniform(0.005, 0.025) * grid.unit, rng.uniform(0, 6.3), rng.uniform(3, 9)])
    device = grid.device
    shift = torch.tensor(np.array(shifts), dtype=torch.float32, device=device)  # [n, F, 2]
    slant = torch.tensor(slants, dtype=torch.float32, device=device)[:, None, None, None]
    wobble = torch.tensor(wobbles, dtype=torch.float32, device=device)[:, :, None, None, None].unbind(1)
    time = times.repeat_interleave(LAYERS, 0)[..., None, None]
    # Rain is drawn upright and sheared here; the shear moves with the fall, so a streak keeps its direction.
    y = grid.y[None, None, :, None] - shift[:, :, 1, None, None]
    sideways = wobble[0] * torch.sin(y / grid.unit * 6.3 + wobble[1] + wobble[2] * time)
    x = grid.x[None, None, None, :] - shift[:, :, 0, None, None] * (slant == 0) - slant * grid.y[None, None, :, None] - sideways
    tiles = torch.stack(textures).to(device)
    y = (y % grid.height).expand(-1, -1, -1, grid.width)
    alpha = sample_at(tiles, (x % grid.width).expand_as(y), y)[:, 0]  # [n, F, H, W]
    alpha = alpha.view(len(plans), LAYERS, frames, grid.height, grid.width)
    return alpha, torch.tensor(colours, dtype=torch.float32, device=device).view(len(plans), LAYERS, 3)


def add_particles(frames: Tensor, plans: list[Particles | None], times: Tensor, grid: Pixels) -> Tensor:
    """Lay new content over [B, F, 3, H, W] in place; returns its opacity [B, F, 1, H, W]."""
    batch, count = frames.shape[:2]
    opacity = torch.zeros(batch, count, 1, grid.height, grid.width, device=frames.device)
    used = [i for i, plan in enumerate(plans) if plan is not None]
    if used:
        alpha, colours = falling([plans[i] for i in used], times[used], grid)
        fade = torch.tensor(np.array([plans[i].opacity for i in used]), dtype=torch.float32, device=frames.device)
        alpha = alpha * fade[:, None, :, None, None]
        for row, i in enumerate(used):
            for layer in range(LAYERS):
                a = alpha[row, layer, :, None]  # [F, 1, H, W]
                frames[i].mul_(1 - a).add_(a * colours[row, layer].view(1, 3, 1, 1))
                opacity[i] = torch.maximum(opacity[i], a)
    return opacity
