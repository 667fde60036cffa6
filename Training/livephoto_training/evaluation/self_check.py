"""Trust before use: the evaluation must pass the simulator's own clips, whose motion is known."""

from __future__ import annotations

from collections.abc import Callable

from ..simulator import ClipSimulator
from ..simulator.preview import to_pixels
from .judges import JUDGES, judge
from .measures import measure


def self_check(sim: ClipSimulator, families: list[str] | None = None, clips: int = 6, strength: float | None = 0.75, size: int = 128,
               seen: Callable | None = None) -> dict[str, float]:
    """Share of true clips that pass, by family. ``seen(family, caption, frames, measures, score)`` is called for each."""
    shares = {}
    for family in families or JUDGES:
        batch = sim.sample(clips, 16, size, size, family=family, strength=strength)
        passed = 0
        for index in range(clips):
            frames = to_pixels(batch["frames"][index])
            mask = batch["subject_mask"][index, 0].cpu().numpy()
            measures = measure(frames, mask=mask if mask.any() else None)
            ok, score = judge(family, measures)
            passed += ok
            if seen:
                seen(family, batch["caption"][index], frames, measures, score)
        shares[family] = passed / clips
    return shares
