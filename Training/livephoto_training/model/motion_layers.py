"""From program and masks to moved pictures: camera, object and region as layers of the photo (Models/FORMAT.md, "Layers").

Letters: B clips, F frames, H x W pixels, J waves. Lengths in units of half the side of the square of equal area.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from .motion_field import unit_grid
from .motion_program import WAVES, Program, basis
from .plates import push_pull

OBJECT_EDGE = 0.04  # opacity from which a pixel may show the object, and is taken out of the background
FAINTEST = 0.03  # a mask that nowhere reaches this shows nothing
SHADOW_WIDTH = 0.5  # of the shadow that passes
STANDING = 0.004  # an object that moves less than this (units) is still joined to its background


def shown(masks: Tensor) -> Tensor:
    """Masks [B, 3, h, w] as they are used: object and region brought up where the network sees them but faintly, depth without edges."""
    best = masks.amax((2, 3), keepdim=True)
    faint = (best > FAINTEST) & (best < 0.9)
    factor = torch.where(faint, 0.9 / best.clamp(min=FAINTEST), torch.ones_like(best))
    return torch.cat([(masks * factor)[:, :2], smooth_depth(masks[:, 2:])], 1)


def smooth_depth(depth: Tensor) -> Tensor:
    """Depth [B, 1, h, w] without edges: where near and far meet abruptly, a camera that passes by would see things twice, or torn.

    Two box means of radius (h + w) / 24; borders repeated."""
    radius = round((depth.shape[-2] + depth.shape[-1]) / 24)
    for _ in range(2):
        depth = F.avg_pool2d(F.pad(depth, [radius] * 4, "replicate"), 2 * radius + 1, 1)
    return depth


@dataclass
class ObjectFrame:
    """Middle [B, 2] and half height [B] of the object, and whether there is one [B]."""

    centre: Tensor
    half_height: Tensor
    present: Tensor

    def of(self, clips: Tensor) -> ObjectFrame:
        return ObjectFrame(self.centre[clips], self.half_height[clips], self.present[clips])


def object_frame(mask: Tensor) -> ObjectFrame:
    """Where a mask [B, h, w] stands: weighted mean, and 1.75 deviations of its height (half the height of a solid shape)."""
    height, width = mask.shape[-2:]
    grid = unit_grid(height, width, mask.device)
    weight = ((mask - 0.3) / 0.4).clamp(0, 1)
    total = weight.sum((1, 2))
    share = weight / total.clamp(min=1e-6)[:, None, None]
    x, y = (share * grid[0]).sum((1, 2)), (share * grid[1]).sum((1, 2))
    deviation = (share * (grid[1] - y[:, None, None]).square()).sum((1, 2)).clamp(min=1e-8).sqrt()
    return ObjectFrame(torch.stack([x, y], -1), 1.75 * deviation, total > 0.002 * height * width)


def camera_sources(camera: Tensor, grid: Tensor, depth: Tensor) -> Tensor:
    """Where in the scene each pixel looks. camera [B, F, 6], grid [2, H, W], depth [B, H, W] in [0, 1] to [B, F, 2, H, W]."""
    tx, ty, zoom, angle, px, py = (part[..., None, None] for part in camera.unbind(-1))
    x, y = grid[0] - tx, grid[1] - ty
    cosine, sine, shrink = torch.cos(angle), torch.sin(angle), torch.exp(-zoom)
    near = depth[:, None] - 0.5
    return torch.stack([shrink * (cosine * x + sine * y) - px * near, shrink * (cosine * y - sine * x) - py * near], 2)


def object_sources(motion: Tensor, frame: ObjectFrame, pivot: Tensor, at: Tensor) -> Tensor:
    """Where in the photo the object's part at a scene point comes from. motion [B, F, 7], at [B, F, 2, H, W] to the same."""
    tx, ty, zoom, angle, narrow, bend_x, bend_y = (part[..., None, None] for part in motion.unbind(-1))
    cx, cy = frame.centre[:, 0, None, None, None], frame.centre[:, 1, None, None, None]
    size = frame.half_height.clamp(min=0.02)[:, None, None, None]
    foot = pivot[:, None, None, None]
    x, y = (at[:, :, 0] - cx) / size - tx, (at[:, :, 1] - cy) / size - ty - foot
    cosine, sine, shrink = torch.cos(angle), torch.sin(angle), torch.exp(-zoom)
    x, y = shrink * (cosine * x + sine * y), shrink * (cosine * y - sine * x) + foot
    width = 1 - 2 * narrow
    width = torch.where(width < 0, width.clamp(max=-0.08), width.clamp(min=0.08))
    x = x / width
    up = ((1 - y) / 2).clamp(0, 1.3) ** 1.5
    x, y = x - bend_x * up, y - bend_y * up
    return torch.stack([cx + size * x, cy + size * y], 2)


def region_offsets(drift: Tensor, waves: Tensor, t: Tensor, at: Tensor) -> Tensor:
    """What a region's pixel is shifted by to its source. drift [B, F, 2], waves [B, J, 2], t [B, F], at [B, F, 2, H, W] to the same."""
    x, y = at[:, :, 0], at[:, :, 1]
    shift_x, shift_y = -drift[..., 0, None, None].expand_as(x), -drift[..., 1, None, None].expand_as(y)
    for index, ((dx, dy), cycles, periods) in enumerate(WAVES):
        if not bool(waves[:, index].any()):
            continue
        length = 2 * math.pi * cycles / math.hypot(dx, dy)
        # Plane waves look like jelly: bend their fronts.
        phase = length * (dx * x + dy * y) + 0.9 * torch.sin(2.3 * y + 1.1 * index) + 0.7 * torch.sin(2.9 * x + 0.7 * index)
        wave = torch.sin(phase - 2 * math.pi * periods * t[..., None, None]) - torch.sin(phase)
        shift_x = shift_x - waves[:, index, 0, None, None, None] * wave
        shift_y = shift_y - waves[:, index, 1, None, None, None] * wave
    return torch.stack([shift_x, shift_y], 2)


def sample(image: Tensor, at: Tensor, padding: str = "reflection", mode: str = "bilinear") -> Tensor:
    """image [B, C, h, w] at unit coordinates [B, F, 2, H, W]: [B, F, C, H, W]."""
    b, f, _, height, width = at.shape
    h, w = image.shape[-2:]
    s = math.sqrt(h * w) / 2
    grid = torch.stack([at[:, :, 0] * (2 * s / w), at[:, :, 1] * (2 * s / h)], -1)
    out = F.grid_sample(image, grid.reshape(b, f * height, width, 2), mode, padding, align_corners=False)
    return out.reshape(b, -1, f, height, width).transpose(1, 2)


def shadow(sweep: Tensor, t: Tensor, loops: bool, grid: Tensor) -> Tensor:
    """Log gain of a shadow that passes from side to side. sweep [B], t [B, F], grid [2, H, W] to [B, F, H, W]."""
    height, width = grid.shape[-2:]
    reach = width / (height * width) ** 0.5 + 1.25
    centre = torch.sign(sweep)[:, None] * reach * (2 * basis(t, loops)[..., 0] - 1)
    across = (grid[0] - centre[..., None, None]) / SHADOW_WIDTH
    return -sweep.abs()[:, None, None, None] * torch.exp(-across.square())


@dataclass
class Layers:
    """The photo taken apart, at one size. All [B, ., H, W]."""

    photo: Tensor
    background: Tensor  # the photo without the object
    region_plate: Tensor  # the region's look, continued beyond its edge
    object_mask: Tensor
    region_mask: Tensor
    depth: Tensor
    frame: ObjectFrame

    @staticmethod
    def cut(photo: Tensor, masks: Tensor) -> Layers:
        """photo [B, 3, H, W], masks [B, 3, h, w] in [0, 1] (object, region, depth)."""
        frame = object_frame(masks[:, 0])
        masks = F.interpolate(masks, photo.shape[-2:], mode="bilinear", align_corners=False)
        object_mask, region_mask, depth = masks[:, :1], masks[:, 1:2], masks[:, 2:]
        object_mask = object_mask * frame.present[:, None, None, None]
        return Layers(photo, push_pull(photo, (object_mask < OBJECT_EDGE).to(photo.dtype)), push_pull(photo, (region_mask > 0.5).to(photo.dtype)),
                      object_mask, region_mask, depth, frame)


def render(layers: Layers, program: Program, t: Tensor, loops: bool = False, scale: Tensor | float = 1.0) -> Tensor:
    """The moved photo at times t [B, F]: [B, F, 3, H, W], light included, new content not. ``scale``: [B, 5] or a number, times the sizes."""
    height, width = layers.photo.shape[-2:]
    grid = unit_grid(height, width, layers.photo.device)[:2]
    parts, waves = program.trajectories(t, loops, scale), program.waves(scale)
    at = camera_sources(parts["camera"], grid, layers.depth[:, 0])
    scene = sample(layers.photo, at)
    # Most clips have no object, or no region, that moves.
    used = (parts["region"].abs().amax((1, 2)) + waves.abs().amax((1, 2))).gt(1e-5).nonzero()[:, 0]
    if len(used):
        here = at[used]
        offsets = region_offsets(parts["region"][used], waves[used], t[used], here)
        inside = sample(layers.region_mask[used], here)
        scene[used] = scene[used] + inside * (sample(layers.region_plate[used], here + offsets) - scene[used])
    used = parts["object"].abs().amax((1, 2)).gt(1e-5).nonzero()[:, 0]
    if len(used):
        here, frame = at[used], layers.frame.of(used)
        away = object_sources(parts["object"][used], frame, program.pivot[used], here)
        # How far the object has gone from where it stood: nothing is cut out of a photo whose object has not moved.
        moved = ((away - here).abs().amax(2, keepdim=True) / STANDING).clamp(0, 1)
        gone = (sample(layers.object_mask[used], here) > OBJECT_EDGE).to(scene.dtype)
        composed = scene[used] + gone * (sample(layers.background[used], here) - scene[used])
        opaque = sample(layers.object_mask[used], away, "zeros")
        composed = composed + opaque * (sample(layers.photo[used], away) - composed)
        # Faded as a whole: faded one by one, what lies behind would shine through an object that hardly moves.
        scene[used] = scene[used] + moved * (composed - scene[used])
    light = parts["light"][..., None, None] + shadow(program.sweep(scale), t, loops, grid)[:, :, None]
    return scene * light.clamp(-3, 3).exp()
