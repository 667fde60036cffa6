"""Trust before use: the judges on clips whose motion is known, on clips of other families, on a still clip and on noise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from .groups import FAMILIES, KIN, NATURE, SUBJECT
from .judges import judge
from .measures import measure
from .pictures import Cutout, Photo
from .synthetic import Known, known_clip, noisy_clip


@dataclass
class Trust:
    """What the judge of one family did."""

    family: str
    hits: list[float] = field(default_factory=list)  # scores on true clips
    wrong: list[tuple[str, float]] = field(default_factory=list)  # scores on clips of other families

    @property
    def missed(self) -> float:
        """False negatives: share of true clips that it refuses."""
        return float(np.mean([score < 1 for score in self.hits])) if self.hits else 0.0

    @property
    def taken(self) -> float:
        """False positives: share of other clips that it takes."""
        return float(np.mean([score >= 1 for _, score in self.wrong])) if self.wrong else 0.0

    @property
    def fooled_by(self) -> list[str]:
        return sorted({family for family, score in self.wrong if score >= 1})


def askable(family: str, clip: Known) -> bool:
    """Whether a judge may be shown this clip: an object's or a region's judge needs one, and kin are no mistakes."""
    if clip.family == family or clip.family in KIN.get(family, ()):
        return False
    return (family in SUBJECT) <= (clip.mask is not None) and (family in NATURE) <= (clip.region is not None)


def self_check(photos: list[Photo], cutouts: list[Cutout], families: list[str] | None = None, clips: int = 3, seed: int = 1,
               seen: Callable | None = None) -> list[Trust]:
    """Every family's judge against ``clips`` true clips of every family. ``seen(clip, measures)`` is called for each clip."""
    rng = np.random.default_rng(seed)
    names = [family for family in families or FAMILIES if family not in SUBJECT or cutouts]
    trust = {family: Trust(family) for family in names}
    for index in range(clips):
        for place, family in enumerate([*names, "noise"]):
            photo = photos[(place + index) % len(photos)]
            cutout = cutouts[int(rng.integers(len(cutouts)))] if cutouts else None
            clip = noisy_clip(photo, rng) if family == "noise" else known_clip(family, photo, cutout, rng)
            if clip.region is None and family in ("still", "noise", "pan_left", "zoom_in", "darken", "snow"):
                half = np.zeros(photo.pixels.shape[:2], np.float32)
                half[half.shape[0] // 2:] = 1
                clip.region = half  # so that the judges of nature are asked too
            measures = measure(clip.frames, photo.pixels, clip.mask, clip.region)
            if seen:
                seen(clip, measures)
            for name in names:
                if name == family:
                    trust[name].hits.append(judge(name, measures)[1])
                elif askable(name, clip):
                    trust[name].wrong.append((family, judge(name, measures)[1]))
    return list(trust.values())


def trust_table(trust: list[Trust]) -> str:
    """For people."""
    lines = [f"{'judge':24}{'missed':>8}{'fooled':>8}  by"]
    for row in trust:
        lines.append(f"{row.family:24}{row.missed:8.0%}{row.taken:8.1%}  {', '.join(row.fooled_by)}")
    lines.append(f"{'mean':24}{np.mean([row.missed for row in trust]):8.0%}{np.mean([row.taken for row in trust]):8.1%}")
    return "\n".join(lines)
