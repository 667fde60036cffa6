"""From SSIM to the levels 1 ... 10: equal-count deciles of the clips that move, level 1 being the calmest."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from torch import Tensor


@dataclass
class LevelScale:
    """Nine descending SSIM edges between the levels, and the highest and lowest SSIM seen."""

    edges: list[float]
    highest: float = 1.0
    lowest: float = 0.0

    def level(self, ssim: Tensor) -> Tensor:
        """Real-valued level in [1, 10]: k at the middle of decile k, linear within it. Rounded it is the decile."""
        knots = torch.tensor([self.highest, *self.edges, self.lowest], device=ssim.device, dtype=torch.float64)
        value = ssim.double().clamp(self.lowest, self.highest)
        upper = torch.searchsorted(-knots, -value).clamp(1, 10)  # knots descend
        top, bottom = knots[upper - 1], knots[upper]
        part = (top - value) / (top - bottom).clamp(min=1e-9)
        return (upper - 1 + part + 0.5).clamp(1, 10).float()

    @classmethod
    def from_samples(cls, ssim: Tensor) -> LevelScale:
        values = ssim.double().sort(descending=True).values
        edges = torch.quantile(values, 1 - torch.arange(1, 10, dtype=torch.float64) / 10)
        return cls(edges.tolist(), float(values[0]), float(values[-1]))


#: Used until a calibration is loaded; from a first calibration of this simulator at 128 pixels.
DEFAULT = LevelScale([0.997, 0.989, 0.978, 0.959, 0.937, 0.902, 0.857, 0.793, 0.671], 1.0, 0.05)


def calibrate(sim, n: int = 1500, path: str | Path | None = None, frames: int = 16, height: int = 128,
              measure_size: int = 256, batch_size: int = 16) -> tuple[LevelScale, LevelScale]:
    """Measure ``n`` moving clips at the training size and as many at ``measure_size``; sets ``sim.levels``.

    Returns the scales at both sizes. With ``path`` they are read from that JSON if it exists, and written there otherwise:
    ``{"render": {edges, highest, lowest, size}, "measure": {...}}``.
    """
    from .clips import BY_STRENGTH
    if path is not None and Path(path).exists():
        stored = json.loads(Path(path).read_text())
        scales = tuple(LevelScale(stored[key]["edges"], stored[key]["highest"], stored[key]["lowest"]) for key in ("render", "measure"))
    else:
        probe = sim.fork(seed=sim.seed + 7919)
        small, large = [], []
        while sum(len(part) for part in small) < n:
            scenes = [probe.draw(batch_size, size, size) for size in (height, measure_size)]
            for drawn, found in zip(scenes, (small, large)):
                moving = [scene for scene in drawn if scene.family != "still" and scene.family not in BY_STRENGTH]
                for start in range(0, len(moving), 4):
                    found.append(probe.render(moving[start:start + 4], frames)["ssim"].cpu())
        scales = LevelScale.from_samples(torch.cat(small)), LevelScale.from_samples(torch.cat(large))
        if path is not None:
            Path(path).parent.mkdir(parents=True, exist_ok=True)
            sizes = (height, measure_size)
            stored = {key: {**asdict(scale), "size": size} for key, scale, size in zip(("render", "measure"), scales, sizes)}
            Path(path).write_text(json.dumps({**stored, "clips": n}, indent=1))
    sim.levels = scales[0]
    return scales
