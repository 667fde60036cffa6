"""Plans to pixels: the flow of a whole batch is one matrix product, its frames are one grid_sample.

Letters: B clips, F frames, H rows, W columns, J spatial bases, HW = H * W pixels.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from .plan import ScenePlan, Stamp

WAVES = 3
OUTSIDE_WEIGHT = 0.25  # flow is still true where its content comes from outside the photo, but the photo cannot show it
FILL_WEIGHT = 0.4  # background that comes into view behind a subject
SUBJECT_EDGE = 0.1  # alpha from which a pixel moves with the subject


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

    def plane(self, u: Tensor, v: Tensor) -> tuple[Tensor, Tensor]:
        """Centres [B] to offsets [B, 1, W] and [B, H, 1]."""
        return (self.u - u[:, None])[:, None, :], (self.v - v[:, None])[:, :, None]


def inverse_offsets(moves: np.ndarray) -> np.ndarray:
    """Forward matrices [F, 3, 3] to backward flow coefficients on the bases (1, x, y): [F, 2, 3]."""
    back = (np.linalg.inv(moves) - np.eye(3))[:, :2]
    return back[:, :, [2, 0, 1]]


def background_bases(plans: list[ScenePlan], grid: Pixels) -> Tensor:
    """[B, J, H, W] with J = 1, x, y, nearness, envelope, envelope * sin / cos of each wave, region, region * x, region * y."""
    device, batch = grid.device, len(plans)
    u, v = grid.u[None, None, :], grid.v[None, :, None]
    bases = torch.zeros(batch, 5 + 2 * WAVES + 3, grid.height, grid.width, device=device)
    bases[:, 0], bases[:, 1], bases[:, 2] = 1, u, v
    used = [i for i, plan in enumerate(plans) if plan.parallax.any()]
    if used:
        bases[used, 3] = nearness([plans[i] for i in used], grid)
    used = [i for i, plan in enumerate(plans) if plan.waves or plan.drift.any()]
    if used:
        values = torch.tensor([[e.base, e.upper, e.lower, e.horizon, e.sharpness] for e in (plans[i].envelope for i in used)],
                              dtype=torch.float32, device=device)[:, :, None]
        base, upper, lower, horizon, sharpness = values.unbind(1)
        step = torch.sigmoid((grid.v[None] - horizon) * sharpness)  # [b, H]
        envelope = (base + upper * (1 - step) + lower * step)[:, :, None].expand(-1, -1, grid.width)
        bases[used, 4] = envelope
        for index in range(WAVES):
            waves = [plans[i].waves[index] if index < len(plans[i].waves) else None for i in used]
            k = torch.tensor([[*w.wavevector, w.phase] if w else [0, 0, 0] for w in waves], dtype=torch.float32, device=device)
            phase = k[:, 0, None, None] * u + k[:, 1, None, None] * v + k[:, 2, None, None]
            bases[used, 5 + 2 * index] = envelope * torch.sin(phase)
            bases[used, 6 + 2 * index] = envelope * torch.cos(phase)
    used = [i for i, plan in enumerate(plans) if plan.region is not None]
    if used:
        values = torch.tensor([[*plans[i].region.centre, *plans[i].region.radii] for i in used], dtype=torch.float32, device=device)
        x, y = grid.plane(values[:, 0], values[:, 1])
        radius = (x / values[:, 2, None, None]) ** 2 + (y / values[:, 3, None, None]) ** 2
        bump = torch.exp(-radius ** 1.5)
        first = 5 + 2 * WAVES
        bases[used, first], bases[used, first + 1], bases[used, first + 2] = bump, bump * x, bump * y
    return bases


def nearness(plans: list[ScenePlan], grid: Pixels) -> Tensor:
    """A guess of depth, [b, H, W] about 0: lower is nearer, with random smooth bumps."""
    total = (0.9 * grid.v)[None, :, None].expand(len(plans), -1, grid.width).clone()
    for index, plan in enumerate(plans):
        rng = np.random.default_rng(plan.seed + 1)
        for _ in range(4):
            kx, ky, phase, size = rng.uniform(-7, 7), rng.uniform(-5, 5), rng.uniform(0, 6.3), rng.uniform(0.03, 0.1)
            total[index] += size * torch.sin(kx * grid.u[None, :] + ky * grid.v[:, None] + phase)
    return total


def background_coefficients(plans: list[ScenePlan]) -> np.ndarray:
    """[B, F, 2, J]: backward flow in units, on the bases above."""
    count = 5 + 2 * WAVES + 3
    result = np.zeros((len(plans), plans[0].frames, 2, count), np.float32)
    for row, plan in zip(result, plans):
        row[:, :, 0:3] = inverse_offsets(plan.camera)
        row[:, :, 3], row[:, :, 4] = -plan.parallax, -plan.drift
        for index, wave in enumerate(plan.waves[:WAVES]):
            direction = np.asarray(wave.direction) * wave.amplitude
            row[:, :, 5 + 2 * index] = (np.cos(wave.angle) - 1)[:, None] * direction
            row[:, :, 6 + 2 * index] = -np.sin(wave.angle)[:, None] * direction
        if plan.region is not None:
            row[:, :, 5 + 2 * WAVES:] = inverse_offsets(plan.region.moves)
    return result


def mix(coefficients: Tensor, bases: Tensor) -> Tensor:
    """[B, F, 2, J] on [B, J, H, W] to [B, F, 2, H, W]."""
    batch, frames, _, count = coefficients.shape
    height, width = bases.shape[-2:]
    product = torch.bmm(coefficients.reshape(batch, frames * 2, count), bases.reshape(batch, count, height * width))
    return product.view(batch, frames, 2, height, width)


def sample(image: Tensor, flow: Tensor, grid: Pixels, corner: Tensor | None = None, padding: str = "border") -> Tensor:
    """Bilinear samples of [B, C, h, w] at p + corner + flow [B, F, 2, H, W], pixels: [B, F, C, H, W]. ``corner``: [B, 2]."""
    scale = torch.tensor([2 / (image.shape[-1] - 1), 2 / (image.shape[-2] - 1)], device=image.device)
    base = torch.stack(torch.broadcast_tensors(grid.x[None, :], grid.y[:, None]))[None]  # [1, 2, H, W]
    if corner is not None:
        base = base + corner[:, :, None, None]
    at = torch.addcmul((base * scale.view(1, 2, 1, 1) - 1)[:, None], flow, scale.view(1, 1, 2, 1, 1))
    out = torch.empty(*flow.shape[:2], image.shape[1], grid.height, grid.width, device=image.device)
    # One call a clip: the frames of a clip share its picture without a copy, and come out in the order wanted.
    for b in range(len(image)):
        out[b] = F.grid_sample(image[b:b + 1].expand(flow.shape[1], -1, -1, -1), at[b].permute(0, 2, 3, 1), "bilinear", padding, align_corners=True)
    return out


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
