"""The clip simulator: captioned motion clips with the program and the masks that made them, from photographs and cut-outs."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from ..model.motion_layers import Layers, render
from .banks import PhotoBank, StampBank
from .families import between
from .grammar import Grammar
from .levels import DEFAULT, LevelScale
from .particles import add_particles
from .plan import Particles
from .program import as_program, targets
from .render import Pixels
from .scenes import COMBINED_SHARE, Scene, SceneDrawer
from .ssim import mean_adjacent_ssim
from .stage import StageSetter

#: Families whose measured level says little (slow changes of light), or that are not rendered here (most new content): their level is the
#: strength they were drawn with.
BY_STRENGTH = {"darken", "brighten", "warm", "cool", "shadow_left", "shadow_right", "fireworks", "fire", "smoke", "drip", "pour", "stars"}
#:            density     size            speed (units a clip)  opacity
PARTICLES = {"snow": ((6, 160), (0.004, 0.016), (0.2, 3.0), 0.8), "rain": ((8, 180), (0.003, 0.007), (1.2, 6.0), 0.4),
             "leaves": ((2, 22), (0.012, 0.035), (0.25, 2.5), 0.95), "sparks": ((5, 70), (0.003, 0.008), (0.25, 2.5), 0.9)}


class ClipSimulator:
    """Endless captioned clips.

    ``sample`` returns a dict (B clips, F frames, H x W pixels):

    - photo [B, 3, H, W] in [0, 1]; frames [B, F, 3, H, W], the photo at time 0; times [B, F]
    - masks [B, 3, H, W]: object, region, depth; target: what ``simulator.program.targets`` says
    - content_weight [B, F, 1, H, W]: opacity of new content that was rendered
    - caption, family: lists of str; still [B] bool; ssim [B]; level [B] in [1, 10]; strength, speed [B]

    Deterministic by ``seed`` and the sequence of calls.
    """

    def __init__(self, photos: PhotoBank | list, stamps: StampBank, seed: int = 0, split: str = "train", families: dict[str, float] | None = None,
                 combined_share: float = COMBINED_SHARE, levels: LevelScale = DEFAULT, regions=None):
        self.photos = photos if isinstance(photos, PhotoBank) else PhotoBank(photos)
        self.stamps, self.seed, self.levels, self.regions, self.split, self.combined_share = stamps, seed, levels, regions, split, combined_share
        self.setter = StageSetter(self.photos, stamps, regions)
        self.scenes = SceneDrawer(self.setter, Grammar(split), families, combined_share)
        self.rng = np.random.default_rng(seed)

    def fork(self, seed: int) -> ClipSimulator:
        """The same simulator with another seed."""
        other = ClipSimulator(self.photos, self.stamps, seed, self.split, None, self.combined_share, self.levels, self.regions)
        other.scenes = self.scenes
        return other

    def show(self, families: dict[str, float]) -> None:
        """Change how often each family is drawn."""
        self.scenes = SceneDrawer(self.setter, self.scenes.grammar, families, self.combined_share)

    def draw(self, batch_size: int, height: int, width: int, family: str | None = None, strength: float | None = None) -> list[Scene]:
        return [self.scenes.draw(self.rng, height, width, family, strength) for _ in range(batch_size)]

    @torch.no_grad()
    def sample(self, batch_size: int = 16, frames: int = 16, height: int = 128, width: int = 128, family: str | None = None,
               strength: float | None = None, pairs: int | None = None) -> dict:
        return self.render(self.draw(batch_size, height, width, family, strength), frames, pairs)

    def times(self, clips: int, frames: int, pairs: int | None) -> Tensor:
        """Whole clips [B, F], or only some pairs of adjacent frames [B, 2 pairs]: one early, one late, the rest anywhere between."""
        if pairs is None:
            return torch.linspace(0, 1, frames).expand(clips, frames)
        bounds = np.linspace(0, frames - 1, pairs + 1)
        first = np.floor(self.rng.uniform(bounds[:-1], bounds[1:], (clips, pairs)))
        return torch.from_numpy(np.stack([first, first + 1], -1).reshape(clips, -1) / (frames - 1)).float()

    @torch.no_grad()
    def render(self, scenes: list[Scene], frames: int = 16, pairs: int | None = None) -> dict:
        photo = torch.stack([scene.stage.photo for scene in scenes])
        height, width = photo.shape[-2:]
        masks = torch.stack([torch.stack([scene.stage.object_mask, scene.stage.region_mask, scene.stage.depth]) for scene in scenes])
        target = targets([scene.motion for scene in scenes])
        layers = Layers.cut(photo, masks)
        for index, scene in enumerate(scenes):
            if scene.stage.background is not None:
                layers.background[index] = scene.stage.background
        t = self.times(len(scenes), frames, pairs)
        pictures = render(layers, as_program(target), t).clamp(0, 1)
        content = add_particles(pictures, [self.particles(scene, t[i].numpy()) for i, scene in enumerate(scenes)], t,
                                Pixels(height, width, torch.device("cpu")))
        pictures.clamp_(0, 1)
        ssim = mean_adjacent_ssim(pictures, t.shape[1] if pairs is None else 2)
        strength = torch.tensor([scene.strength for scene in scenes])
        level = self.levels.level(ssim)
        by_strength = torch.tensor([scene.family in BY_STRENGTH for scene in scenes])
        level = torch.where(by_strength, torch.maximum(level, 1 + 9 * strength), level)
        still = torch.tensor([scene.family == "still" for scene in scenes])
        # Whatever level is asked for, "stay still" stays still: the words win.
        chance = torch.from_numpy(self.rng.uniform(1, 10, len(scenes))).float()
        return {
            "photo": photo, "frames": pictures, "times": t, "masks": masks, "target": target, "content_weight": content,
            "caption": [scene.caption for scene in scenes], "family": [scene.family for scene in scenes], "still": still, "ssim": ssim,
            "level": torch.where(still, chance, level), "strength": strength, "speed": torch.tensor([float(scene.speed) for scene in scenes]),
        }

    def particles(self, scene: Scene, t: np.ndarray) -> Particles | None:
        """The new content that is rendered here, in the simulator's own plain way: what the diffusion sees and learns of it."""
        if scene.family not in PARTICLES:
            return None
        density, size, speed, opacity = PARTICLES[scene.family]
        rng = self.rng
        n = t * 15
        down = between(scene.strength, *speed) * (-1 if scene.family == "sparks" else 1)
        return Particles(scene.family, between(float(np.clip(scene.strength + rng.normal(0, 0.1), 0, 1)), *density), rng.uniform(*size),
                         (rng.normal(0, 0.15) * abs(down), down), np.clip(n / 3, 0, 1) * opacity, int(rng.integers(2 ** 31)))
