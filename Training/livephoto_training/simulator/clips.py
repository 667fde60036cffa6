"""The clip simulator: captioned motion clips with their true flow, from photographs and cut-outs."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from . import render as r
from .banks import PhotoBank, StampBank
from .grammar import Grammar
from .levels import DEFAULT, LevelScale
from .particles import add_particles
from .plan import ScenePlan
from .scenes import COMBINED_SHARE, SceneDrawer
from .ssim import mean_adjacent_ssim

LIGHT_CHANGES = {"darken", "brighten", "warm", "cool", "shadow_left", "shadow_right"}
MOST_CANVAS = 2.4  # the part of a photo seen during one clip, in picture sizes


class ClipSimulator:
    """Endless captioned clips.

    ``sample`` returns a dict of float32 tensors on ``device`` and lists (B clips, F frames, H x W pixels):

    - photo [B, 3, H, W] in [0, 1]: the still, exactly frame 0
    - frames [B, F, 3, H, W] in [0, 1]
    - flow [B, F, 2, H, W]: BACKWARD flow in pixels, channel 0 = x (right), 1 = y (down):
      ``frame_n(p) = exp(light_n(p) + tint_n) * photo(p + flow_n(p))``; 0 at frame 0. When the camera pans left the content moves right
      and the flow's x is negative.
    - flow_weight [B, F, 1, H, W] in [0, 1]: 1 where the equation holds; 0.4 where background comes into view behind a subject (the flow there
      goes on as the subject's and so shows what lies beside it); 0.25 where the content comes from outside the photo; 0 under opaque new content
    - light [B, F, 1, H, W]: log gain of brightness; tint [B, F, 3]: log gain by channel, added to it
    - content_weight [B, F, 1, H, W] in [0, 1]: opacity of new content (flakes, drops, leaves, sparks, bolts)
    - subject_mask [B, 1, H, W] in [0, 1]: the moving cut-out in the photo, 0 where there is none
    - caption, family: lists of str; still [B] bool; ssim [B]; level [B] in [1, 10]; strength [B] in [0, 1]

    Deterministic by ``seed`` and the sequence of calls. Photos stay in memory as uint8.
    """

    def __init__(self, photos: PhotoBank | list, stamps: StampBank, device: str | torch.device = "cpu", seed: int = 0, split: str = "train",
                 families: dict[str, float] | None = None, combined_share: float = COMBINED_SHARE, levels: LevelScale = DEFAULT):
        self.photos = photos if isinstance(photos, PhotoBank) else PhotoBank(photos)
        self.stamps, self.device, self.seed, self.levels = stamps, torch.device(device), seed, levels
        self.settings = dict(split=split, families=families, combined_share=combined_share)
        self.scenes = SceneDrawer(stamps, Grammar(split), families, combined_share)
        self.rng = np.random.default_rng(seed)

    def fork(self, seed: int) -> ClipSimulator:
        """The same simulator with another seed."""
        return ClipSimulator(self.photos, self.stamps, self.device, seed, levels=self.levels, **self.settings)

    def draw_plans(self, batch_size: int, frames: int, aspect: float, family: str | None = None, strength: float | None = None) -> list[ScenePlan]:
        return [self.scenes.draw(self.rng, frames, aspect, family, strength) for _ in range(batch_size)]

    @torch.no_grad()
    def sample(self, batch_size: int = 16, frames: int = 16, height: int = 128, width: int = 128, family: str | None = None,
               strength: float | None = None) -> dict:
        return self.render(self.draw_plans(batch_size, frames, width / height, family, strength), height, width)

    @torch.no_grad()
    def render(self, plans: list[ScenePlan], height: int, width: int) -> dict:
        """Render plans at a size. The same plans at two sizes give the same clips."""
        grid = r.Pixels(height, width, self.device)
        coefficients = torch.from_numpy(r.background_coefficients(plans) * grid.unit).to(self.device)
        flow = r.mix(coefficients, r.background_bases(plans, grid))  # [B, F, 2, H, W]
        canvas, corner = self._canvas(plans, flow, grid)
        frames = r.sample(canvas, flow, grid, corner)  # [B, F, 3, H, W]
        hole = torch.zeros_like(flow[:, :, :1])
        mask = self._add_subjects(plans, grid, frames, flow, hole)
        inside = self._inside(flow, grid)
        weight = torch.where(inside, torch.where(hole > 0, r.FILL_WEIGHT, 1.0), r.OUTSIDE_WEIGHT)
        light, tint = self._light(plans, grid)
        for index in (light.flatten(1).any(1) | tint.flatten(1).any(1)).nonzero().flatten().tolist():
            frames[index].mul_(torch.exp(light[index] + tint[index][..., None, None])).clamp_(max=1)
        content = add_particles(frames, [plan.particles for plan in plans], grid)
        frames.clamp_(0, 1)
        ssim = mean_adjacent_ssim(frames)
        level = self.levels.level(ssim)
        # A slow change of light hardly lowers the SSIM however far it goes: its level is the strength it was drawn with.
        strength = torch.tensor([plan.strength for plan in plans], dtype=torch.float32, device=self.device)
        by_strength = torch.tensor([plan.family in LIGHT_CHANGES for plan in plans], device=self.device)
        level = torch.where(by_strength, torch.maximum(level, 1 + 9 * strength), level)
        still = torch.tensor([plan.still for plan in plans], device=self.device)
        # Whatever level is asked for, "stay still" stays still: the words win.
        chance = torch.tensor([np.random.default_rng(plan.seed + 2).uniform(1, 10) for plan in plans], dtype=torch.float32, device=self.device)
        return {
            "photo": frames[:, 0].clone(), "frames": frames, "flow": flow, "flow_weight": weight * (1 - content), "light": light, "tint": tint,
            "content_weight": content, "subject_mask": mask, "caption": [plan.caption for plan in plans], "family": [plan.family for plan in plans],
            "still": still, "ssim": ssim, "level": torch.where(still, chance, level), "strength": strength,
        }

    def _canvas(self, plans: list[ScenePlan], flow: Tensor, grid: r.Pixels) -> tuple[Tensor, Tensor]:
        """The part of each photo that its clip sees, [B, 3, h, w], and where the still's corner lies in it, [B, 2] whole pixels."""
        rows = sorted({*range(0, grid.height, 6), grid.height - 1})
        columns = sorted({*range(0, grid.width, 6), grid.width - 1})
        seen = flow[:, :, :, rows][..., columns]
        x, y = seen[:, :, 0] + grid.x[columns], seen[:, :, 1] + grid.y[rows][:, None]
        box = torch.stack([x.amin((1, 2, 3)), y.amin((1, 2, 3)), x.amax((1, 2, 3)), y.amax((1, 2, 3))], -1).cpu().numpy()
        limit = (MOST_CANVAS - 1) * np.array([grid.width, grid.height])
        low = np.floor(np.clip(box[:, :2] - 2, -limit, 0)).astype(int)
        high = np.ceil(np.clip(box[:, 2:] + 3, [grid.width, grid.height], limit + [grid.width, grid.height])).astype(int)
        sizes = high - low
        canvas = np.zeros((len(plans), sizes[:, 1].max(), sizes[:, 0].max(), 3), np.uint8)
        colours = np.zeros((len(plans), 3), np.float32)
        for index, plan in enumerate(plans):
            rng = np.random.default_rng(plan.seed)
            w, h = sizes[index]
            picture = self._crop(rng, w, h).permute(1, 2, 0).numpy()
            canvas[index, :h, :w] = picture
            canvas[index, h:, :w] = picture[-1:]
            canvas[index, :, w:] = canvas[index, :, w - 1:w]
            colours[index] = rng.uniform(0.8, 1.15), rng.uniform(-0.06, 0.06), rng.uniform(0.6, 1.2)
        picture = torch.from_numpy(canvas).to(self.device).permute(0, 3, 1, 2).float().div_(255)
        contrast, offset, saturation = torch.from_numpy(colours).to(self.device)[:, :, None, None, None].unbind(1)
        grey = picture.mean(1, keepdim=True)
        picture = ((grey + (picture - grey) * saturation - 0.5) * contrast + 0.5 + offset).clamp_(0, 1)
        for index, plan in enumerate(plans):
            if plan.particles is not None:  # white flakes need a picture that is not white
                picture[index].mul_((0.55 / picture[index].mean().clamp(min=1e-3)).clamp(max=1))
            if plan.prop is not None:
                image = r.stamp_image(plan.prop, self.stamps.stamps[plan.prop.index], grid.unit)
                r.paste(picture[index], image, plan.prop, grid, -int(low[index, 0]), -int(low[index, 1]))
        return picture, torch.from_numpy(-low.astype(np.float32)).to(self.device)

    def _crop(self, rng: np.random.Generator, width: int, height: int) -> Tensor:
        """A random part of a random photo, mirrored now and then, as uint8 [3, height, width]."""
        for _ in range(4):
            photo = self.photos.draw(rng)
            zoom = min(photo.shape[1] / width, photo.shape[0] / height) * rng.uniform(0.55, 1.0)
            w, h = max(8, int(width * zoom)), max(8, int(height * zoom))
            left, top = int(rng.integers(photo.shape[1] - w + 1)), int(rng.integers(photo.shape[0] - h + 1))
            part = photo[top:top + h, left:left + w]
            # Nothing is seen to move in an empty sky; take such a part only when there is no other.
            if part[::8, ::8].std() > 14:
                break
        if rng.random() < 0.5:
            part = part[:, ::-1]
        if rng.random() < 0.12:  # other colours: photographs are few
            part = part[:, :, rng.permutation(3)]
        return r.resized(part, height, width)

    def _add_subjects(self, plans: list[ScenePlan], grid: r.Pixels, frames: Tensor, flow: Tensor, hole: Tensor) -> Tensor:
        """Draw the moving cut-outs into frames, their motion into the flow, and where background comes into view into ``hole``; in place.

        Returns the subjects' opacity in the photo, [B, 1, H, W].
        """
        mask = torch.zeros(len(plans), 1, grid.height, grid.width, device=self.device)
        used = [i for i, plan in enumerate(plans) if plan.subject is not None and plan.subject.moves is not None]
        if not used:
            return mask
        layer = torch.zeros(len(used), 4, grid.height, grid.width, device=self.device)
        bases = torch.zeros(len(used), 4, grid.height, grid.width, device=self.device)
        bases[:, 0], bases[:, 1], bases[:, 2] = 1, grid.u[None, None, :], grid.v[None, :, None]
        coefficients = np.zeros((len(used), plans[0].frames, 2, 4), np.float32)
        for row, i in enumerate(used):
            stamp = plans[i].subject
            r.paste(layer[row], r.stamp_image(stamp, self.stamps.stamps[stamp.index], grid.unit), stamp, grid)
            coefficients[row, :, :, :3] = r.inverse_offsets(plans[i].camera @ stamp.moves)
            if stamp.bend is not None:
                coefficients[row, :, :, 3] = -stamp.bend
                up = ((stamp.centre[1] + stamp.height / 2 - grid.v) / stamp.height).clamp(0, 1.3) ** 1.5
                bases[row, 3] = up[:, None]
        move = r.mix(torch.from_numpy(coefficients * grid.unit).to(self.device), bases)  # [b, F, 2, H, W]
        drawn = r.sample(layer, move, grid, padding="zeros")  # [b, F, 4, H, W]
        alpha = drawn[:, :, 3:]
        behind = flow[used]
        was_there = r.sample(layer[:, 3:], behind, grid, padding="zeros")
        on = alpha > r.SUBJECT_EDGE
        uncovered = ((was_there > 0.02) & ~on).float()
        frames[used] = frames[used] * (1 - alpha) + drawn[:, :, :3]
        # Where the subject has gone away, its own motion, continued, leads to background beside it: a pixel there that led back into the
        # subject would still show it. So the photo drags its surroundings along behind the subject and shows no second copy of it.
        joined = torch.where(on | (uncovered > 0), move, behind)
        joined[:, 0] = 0
        flow[used], hole[used], mask[used] = joined, uncovered, layer[:, 3:]
        return mask

    @staticmethod
    def _inside(flow: Tensor, grid: r.Pixels) -> Tensor:
        """Where a flow points into the photo, [B, F, 1, H, W] bool."""
        x, y = flow[:, :, :1] + grid.x, flow[:, :, 1:] + grid.y[:, None]
        return (x > -0.01) & (x < grid.width - 0.99) & (y > -0.01) & (y < grid.height - 0.99)

    def _light(self, plans: list[ScenePlan], grid: r.Pixels) -> tuple[Tensor, Tensor]:
        """Log gains [B, F, 1, H, W] and [B, F, 3]."""
        gain = torch.tensor(np.array([plan.gain for plan in plans]), dtype=torch.float32, device=self.device)
        tint = torch.tensor(np.array([plan.tint for plan in plans]), dtype=torch.float32, device=self.device)
        light = gain[:, :, None, None].repeat(1, 1, grid.height, grid.width)
        for index, plan in enumerate(plans):
            for spot in plan.spots:
                path = torch.tensor(spot.path, dtype=torch.float32, device=self.device)
                across = torch.exp(-0.5 * ((grid.u - path[:, :1]) / spot.radii[0]) ** 2)  # [F, W]
                along = torch.exp(-0.5 * ((grid.v - path[:, 1:]) / spot.radii[1]) ** 2)  # [F, H]
                strength = torch.tensor(spot.gain, dtype=torch.float32, device=self.device)[:, None, None]
                shape = strength * along[:, :, None] * across[:, None, :]
                light[index] += shape - shape[:1]
        return light[:, :, None], tint
